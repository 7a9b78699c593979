"""`/_sandbox`: what a person or a test does to the sandbox itself, and Partner Center knows nothing of."""
