"""The service's tables as data for analysts, and the store of it that the dashboard asks."""
