"""MQTT: Home Assistant, and the rooms of other computers. paho is imported at first use."""
