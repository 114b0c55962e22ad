"""Training of the crop classifier: ``python -m train VARIANT --data FOLDER``.

The app never imports it.
"""
