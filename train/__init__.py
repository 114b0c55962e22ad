"""Trains the crop classifier: ``python -m train VARIANT --data FOLDER``. Never imported."""
