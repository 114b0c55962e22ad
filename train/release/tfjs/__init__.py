"""TensorFlow.js graph models read without TensorFlow, and built again as OpenVINO models."""
