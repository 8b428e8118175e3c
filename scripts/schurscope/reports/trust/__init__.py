"""From the diagnostics of all networks to the page "Can this profile be trusted?"."""
