"""How the abuse classifier is made."""
