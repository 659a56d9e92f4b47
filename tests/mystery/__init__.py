"""Mystery clients: conversations written from what people ask, played through every door and scored on a grid."""
