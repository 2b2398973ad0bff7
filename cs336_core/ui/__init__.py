"""What all widgets share: their base class in Python, controls and styles in the browser."""
