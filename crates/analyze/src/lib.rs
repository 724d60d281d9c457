//! Facts to conclusions, pure: answers, health, environment, detections. Reads no bytes.
