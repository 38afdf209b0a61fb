"""Sample knowledge and sample consultations, and the checker that guards them."""
