"""From requests to a proposal, from a proposal to a landing. Network, disk and git come in as arguments."""
