package tide

// Height gives the height of the tide at a minute of the day.
// It is an estimate between two known waters.
func Height(day Day, minute int) float64 {
	low, high := day.Around(minute)
	return interpolate(low, high, minute)
}

// Next gives the next high water after a minute of the day.
// If there is none, it is tomorrow's first.
func Next(day Day, minute int) Water {
	for _, water := range day.Waters {
		if water.High && water.Minute > minute {
			return water
		}
	}
	return day.Tomorrow().Waters[0]
}
