"""The second eye's network: made from Google's MoveNet MultiPose Lightning, and checked."""
