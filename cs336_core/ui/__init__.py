"""The shared interface of all widgets: a base class in Python, controls and styles in a browser."""
