"""The core again for the browser: in JavaScript, and as Python that runs in the page."""
