def spacing(origin, lazy, result, tiles, costs):
    return []
