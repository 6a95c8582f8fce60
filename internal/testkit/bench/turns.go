package main

import "fmt"

// runs are the outcomes of one command: by program, as -bin names them, then by round.
// A command that starts none of the programs to measure has the outcomes of one.
type runs [][]outcome

// inTurns runs commands one after another, round after round, each of them with every program to measure. The
// programs take turns at being first, since what ran before can matter. With warm there is a round before the
// others, which does not count: it fills the disk cache.
func (b *bench) inTurns(rounds int, warm bool, commands ...command) ([]runs, error) {
	all := make([]runs, len(commands))
	first := 0
	if warm {
		first = -1
	}
	for round := first; round < rounds; round++ {
		for i, c := range commands {
			variants := b.variants(c)
			if all[i] == nil {
				all[i] = make(runs, len(variants))
			}
			for turn := range variants {
				program := (turn + max(round, 0)) % len(variants)
				o, err := b.command(variants[program])
				if err != nil {
					return nil, err
				}
				if round >= 0 {
					all[i][program] = append(all[i][program], o)
				}
			}
		}
	}
	return all, nil
}

// variants are the same command with each program to measure.
func (b *bench) variants(c command) []command {
	if c.name != b.programs[0] {
		return []command{c}
	}
	var variants []command
	for _, program := range b.programs {
		c.name = program
		variants = append(variants, c)
	}
	return variants
}

func wall(o outcome) float64 { return o.wall.Seconds() }
func cpu(o outcome) float64  { return o.cpu.Seconds() }
func held(o outcome) float64 { return float64(o.peak) }

// medianOf is the median of what rounds took.
func medianOf(rounds []outcome, measure func(outcome) float64) float64 {
	var values []float64
	for _, o := range rounds {
		values = append(values, measure(o))
	}
	return median(values)
}

// ratio is the median of how many times as much each round took as the same round of others.
func ratio(rounds, others []outcome, measure func(outcome) float64) float64 {
	var ratios []float64
	for i, o := range rounds {
		ratios = append(ratios, measure(o)/measure(others[i]))
	}
	return median(ratios)
}

// compare adds what the programs besides the first took, against the first.
func (b *bench) compare(r runs) {
	for program, rounds := range r {
		if program == 0 {
			continue
		}
		add := func(what, measured string, measure func(outcome) float64) {
			b.table.add(result{
				what: fmt.Sprintf("  %s, %s", b.programs[program], what), measured: measured,
				figure: ratio(rounds, r[0], measure), unit: "x",
			})
		}
		add("time", seconds(medianOf(rounds, wall)), wall)
		add("CPU", seconds(medianOf(rounds, cpu)), cpu)
		if peak := medianOf(rounds, held); peak > 0 {
			add("memory", fmt.Sprintf("%.1f MB", peak/1e6), held)
		}
	}
}
