//! How far coders agree: Cohen's kappa and Krippendorff's alpha.

use std::collections::BTreeMap;

use super::Undefined;
use super::bootstrap::bootstrap;

/// What the values of coders are, and so how far two of them differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Metric {
    /// Names: values differ or not.
    Nominal,
    /// Ranks: values differ by how many values lie between them.
    Ordinal,
    /// Numbers with equal steps: by their difference.
    Interval,
    /// Numbers from 0: by their difference as a share of their sum.
    Ratio,
}

impl Metric {
    /// The name used on the command line and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nominal => "nominal",
            Self::Ordinal => "ordinal",
            Self::Interval => "interval",
            Self::Ratio => "ratio",
        }
    }
}

/// How far two coders agree beyond chance.
#[derive(Debug, Clone, PartialEq)]
pub struct Kappa<C> {
    /// Units that both coded.
    pub n_units: u64,
    /// The share of these to which both gave one value, from 0 to 1.
    pub raw_agreement: f64,
    /// The share to which they would by chance, each with the values that they
    /// gave, from 0 to 1.
    pub chance_agreement: f64,
    /// Cohen's kappa, from −1 to 1; 0 is agreement by chance.
    pub kappa: Result<f64, Undefined>,
    /// Its 95 % interval, by a bootstrap over units; `None` where kappa is not
    /// defined for more than one draw in 20.
    pub interval: Option<(f64, f64)>,
    /// Each value, ascending, and its share of all that the two gave. Where one
    /// is rare, kappa is unstable.
    pub prevalence: Vec<(C, f64)>,
}

/// Cohen's kappa of two coders, of the pairs of values that they gave to each
/// unit that both coded. Values are taken as names.
///
/// Fails where there is no pair; where both gave one value throughout, only
/// kappa itself is not defined.
///
/// Source: Cohen (1960), "A coefficient of agreement for nominal scales".
pub fn cohen_kappa<C: Ord + Clone>(pairs: &[(C, C)], seed: u64) -> Result<Kappa<C>, Undefined> {
    let mut positions = BTreeMap::new();
    pairs.iter().flat_map(|(a, b)| [a, b]).for_each(|value| {
        positions.insert(value, 0);
    });
    positions.values_mut().enumerate().for_each(|(at, position)| *position = at);
    let coded: Vec<[usize; 2]> = pairs.iter().map(|(a, b)| [positions[a], positions[b]]).collect();
    let shares = Shares::of(coded.iter(), positions.len()).ok_or(Undefined::NoPair)?;
    let [interval] = bootstrap(seed, |random| {
        let drawn = coded.iter().map(|_| &coded[random.below(coded.len() as u64) as usize]);
        [Shares::of(drawn, positions.len()).and_then(|shares| shares.kappa().ok())]
    });
    let kappa = shares.kappa();
    let [of_a, of_b] = &shares.by_coder;
    let prevalence = positions.into_keys().cloned().zip(of_a.iter().zip(of_b).map(|(a, b)| (a + b) / 2.0));
    Ok(Kappa {
        n_units: pairs.len() as u64,
        raw_agreement: shares.agreed,
        chance_agreement: shares.by_chance(),
        interval: kappa.is_ok().then_some(interval).flatten(),
        kappa,
        prevalence: prevalence.collect(),
    })
}

/// Shares of the units that two coders coded.
struct Shares {
    agreed: f64,
    /// Of each value, by coder.
    by_coder: [Vec<f64>; 2],
}

impl Shares {
    /// `None` where there is no unit.
    fn of<'a>(pairs: impl Iterator<Item = &'a [usize; 2]>, n_values: usize) -> Option<Self> {
        let (mut n_units, mut agreed) = (0.0, 0.0);
        let mut by_coder = [vec![0.0; n_values], vec![0.0; n_values]];
        for [a, b] in pairs {
            n_units += 1.0;
            agreed += f64::from(u8::from(a == b));
            by_coder[0][*a] += 1.0;
            by_coder[1][*b] += 1.0;
        }
        by_coder.iter_mut().flatten().for_each(|count| *count /= n_units);
        (n_units > 0.0).then_some(Self { agreed: agreed / n_units, by_coder })
    }

    fn by_chance(&self) -> f64 {
        let [of_a, of_b] = &self.by_coder;
        of_a.iter().zip(of_b).map(|(a, b)| a * b).sum()
    }

    fn kappa(&self) -> Result<f64, Undefined> {
        let by_chance = self.by_chance();
        // A share of exactly 1, of one value only, has no rounding.
        if by_chance >= 1.0 {
            return Err(Undefined::OneCategory);
        }
        Ok((self.agreed - by_chance) / (1.0 - by_chance))
    }
}

/// The share, from 0 to 1, of pairs of values of one unit that are the same;
/// each unit holds the values that its coders gave. `None` where there is no
/// pair. Of two coders it is their raw agreement.
pub fn raw_agreement<C: Ord>(units: &[Vec<C>]) -> Option<f64> {
    let (mut n_pairs, mut n_same) = (0, 0);
    for unit in units {
        let mut counts = BTreeMap::new();
        unit.iter().for_each(|value| *counts.entry(value).or_insert(0_u64) += 1);
        n_pairs += unit.len() as u64 * (unit.len() as u64).saturating_sub(1);
        n_same += counts.values().map(|count| count * (count - 1)).sum::<u64>();
    }
    (n_pairs > 0).then(|| n_same as f64 / n_pairs as f64)
}

/// How far any number of coders agree beyond chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alpha {
    /// Krippendorff's alpha, 1 at most; 0 is agreement by chance. Its usual
    /// floors are 0.8, and 0.667 for tentative conclusions.
    pub alpha: f64,
    /// Its 95 % interval, by a bootstrap over units; `None` where alpha is not
    /// defined for more than one draw in 20.
    pub interval: Option<(f64, f64)>,
    /// Units with the values of two coders or more.
    pub n_units: u64,
    /// Values of these units.
    pub n_pairable: u64,
}

/// Krippendorff's alpha. Each unit holds the values that its coders gave, in any
/// order; who did not code it is left out. Names and ranks are given as numbers
/// that stand for them.
///
/// The interval draws units anew and calculates all of alpha for each draw; the
/// macro of Hayes and Krippendorff keeps the disagreement by chance as it is, so
/// that its limits are a little other.
///
/// Fails where no unit has two values, all values are the same, a value is not
/// finite, or a ratio is below 0.
///
/// Source: Krippendorff (2018), "Content analysis", chapter 12; Hayes and
/// Krippendorff (2007), "Answering the call for a standard reliability measure
/// for coding data".
pub fn krippendorff_alpha(units: &[Vec<f64>], metric: Metric, seed: u64) -> Result<Alpha, Undefined> {
    let coincidences = Coincidences::of(units, metric)?;
    let n_units = coincidences.units.len() as u64;
    let times = vec![1; coincidences.units.len()];
    let alpha = coincidences.alpha(&times, metric)?;
    let [interval] = bootstrap(seed, |random| {
        let mut times = vec![0; coincidences.units.len()];
        (0..n_units).for_each(|_| times[random.below(n_units) as usize] += 1);
        [coincidences.alpha(&times, metric).ok()]
    });
    let n_pairable = coincidences.units.iter().flatten().map(|(_, count)| count).sum();
    Ok(Alpha { alpha, interval, n_units, n_pairable })
}

/// The rows of the coincidence matrix, by unit.
struct Coincidences {
    /// The values, ascending.
    values: Vec<f64>,
    /// Of each pairable unit: the positions of its values, ascending, and how
    /// often each was given.
    units: Vec<Vec<(usize, u64)>>,
}

impl Coincidences {
    fn of(units: &[Vec<f64>], metric: Metric) -> Result<Self, Undefined> {
        let pairable: Vec<&Vec<f64>> = units.iter().filter(|unit| unit.len() > 1).collect();
        let mut values: Vec<f64> = pairable.iter().flat_map(|unit| unit.iter().copied()).collect();
        if values.iter().any(|value| !value.is_finite()) {
            return Err(Undefined::NotANumber);
        }
        if metric == Metric::Ratio && values.iter().any(|value| *value < 0.0) {
            return Err(Undefined::Negative);
        }
        values.sort_by(f64::total_cmp);
        // As numbers: −0 and 0 are one value.
        values.dedup();
        let counted = |unit: &&Vec<f64>| {
            let mut counts = BTreeMap::new();
            for value in *unit {
                let position = values.partition_point(|other| other < value);
                *counts.entry(position).or_insert(0) += 1;
            }
            counts.into_iter().collect()
        };
        Ok(Self { units: pairable.iter().map(counted).collect(), values })
    }

    /// Alpha where each unit comes so many times: 1 − Do/De. The factor n, which
    /// both disagreements are divided by, is left out of both.
    fn alpha(&self, times: &[u64], metric: Metric) -> Result<f64, Undefined> {
        let mut totals = vec![0.0; self.values.len()];
        for (unit, times) in self.units.iter().zip(times) {
            unit.iter().for_each(|(at, count)| totals[*at] += (count * times) as f64);
        }
        let n: f64 = totals.iter().sum();
        if n == 0.0 {
            return Err(Undefined::NoPair);
        }
        let distance = self.distances(&totals, metric);
        let mut observed = 0.0;
        for (unit, times) in self.units.iter().zip(times).filter(|(_, times)| **times > 0) {
            let n_values: u64 = unit.iter().map(|(_, count)| count).sum();
            let pairs = |(c, n_c): (usize, f64), (k, n_k): (usize, f64)| n_c * n_k * distance(c, k);
            let as_shares = unit.iter().map(|(at, count)| (*at, *count as f64));
            observed += *times as f64 * over_pairs(as_shares, pairs) / (n_values - 1) as f64;
        }
        let expected = over_pairs(totals.iter().copied().enumerate(), |(c, n_c), (k, n_k)| {
            if n_c * n_k == 0.0 { 0.0 } else { n_c * n_k * distance(c, k) }
        });
        if expected == 0.0 {
            return Err(Undefined::OneCategory);
        }
        let alpha = 1.0 - (n - 1.0) * observed / expected;
        if alpha.is_finite() { Ok(alpha) } else { Err(Undefined::NotANumber) }
    }

    /// The squared difference of the values at two positions, of which the first
    /// is not the larger.
    ///
    /// The ordinal one depends on how often each value was given: it cannot be
    /// had from the two values alone.
    fn distances<'a>(&'a self, totals: &[f64], metric: Metric) -> impl Fn(usize, usize) -> f64 + 'a {
        // The middle of each value among the ranks: sums of n_g over g = c..k,
        // less half of either end, are differences of these.
        let mut before = 0.0;
        let middle = |total: &f64| {
            before += total;
            before - total / 2.0
        };
        let middles: Vec<f64> = totals.iter().map(middle).collect();
        move |c, k| {
            let (low, high) = (self.values[c], self.values[k]);
            match metric {
                Metric::Nominal => 1.0,
                Metric::Ordinal => (middles[k] - middles[c]).powi(2),
                Metric::Interval => (high - low).powi(2),
                // The larger is above 0.
                Metric::Ratio => ((high - low) / (high + low)).powi(2),
            }
        }
    }
}

/// The sum over all pairs of different members, each once in either order.
fn over_pairs<T: Copy>(members: impl Iterator<Item = T> + Clone, of_pair: impl Fn(T, T) -> f64) -> f64 {
    let mut sum = 0.0;
    let mut rest = members;
    while let Some(first) = rest.next() {
        sum += rest.clone().map(|second| of_pair(first, second)).sum::<f64>();
    }
    2.0 * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Units of codings written a line a coder; `*` and `.` are missing.
    fn units(coders: &[&str]) -> Vec<Vec<f64>> {
        let rows: Vec<Vec<&str>> = coders.iter().map(|coder| coder.split_whitespace().collect()).collect();
        let unit = |at: usize| rows.iter().filter_map(|row| row[at].parse().ok()).collect();
        (0..rows[0].len()).map(unit).collect()
    }

    #[track_caller]
    fn check(units: &[Vec<f64>], metric: Metric, expected: &str) {
        let alpha = krippendorff_alpha(units, metric, 1).unwrap().alpha;
        let digits = expected.len() - expected.find('.').unwrap() - 1;
        assert_eq!(format!("{alpha:.digits$}"), expected, "{metric:?}");
    }

    /// KAP-1: the example of two readers of 50 proposals, in textbooks.
    #[test]
    fn kappa_is_agreement_beyond_chance() {
        let cells = [(("yes", "yes"), 20), (("yes", "no"), 5), (("no", "yes"), 10), (("no", "no"), 15)];
        let pairs: Vec<_> = cells.iter().flat_map(|(pair, n)| vec![*pair; *n]).collect();
        let kappa = cohen_kappa(&pairs, 1).unwrap();
        let figures = [kappa.raw_agreement, kappa.chance_agreement, kappa.kappa.unwrap()];
        assert_eq!(figures.map(|figure| format!("{figure:.2}")), ["0.70", "0.50", "0.40"]);
        assert_eq!((kappa.n_units, kappa.prevalence), (50, vec![("no", 0.45), ("yes", 0.55)]));
        // Its standard error (Fleiss, Cohen and Everitt 1969) is 0.127, which
        // gives 0.15 to 0.65.
        let (low, high) = kappa.interval.unwrap();
        assert!((low - 0.15).abs() < 0.04 && (high - 0.65).abs() < 0.04, "{low} {high}");
        let units: Vec<Vec<&str>> = pairs.iter().map(|(a, b)| vec![*a, *b]).collect();
        assert_eq!(raw_agreement(&units), Some(0.7));
    }

    #[test]
    fn kappa_of_one_value_or_of_no_pair_is_not_defined() {
        let same = cohen_kappa(&[("no", "no"), ("no", "no")], 1).unwrap();
        assert_eq!((same.kappa, same.interval, same.raw_agreement), (Err(Undefined::OneCategory), None, 1.0));
        assert_eq!(cohen_kappa::<u8>(&[], 1), Err(Undefined::NoPair));
        // One "yes" of ten is in no draw of 35 in 100: too many for an interval.
        let mut rare = vec![("no", "no"); 9];
        rare.push(("yes", "yes"));
        let rare = cohen_kappa(&rare, 1).unwrap();
        assert_eq!((rare.kappa, rare.interval), (Ok(1.0), None));
    }

    /// ALPHA-1: the docstring and tests of fast-krippendorff.
    #[test]
    fn alpha_1() {
        let units = units(&[
            "* * * * * 3 4 1 2 1 1 3 3 * 3",
            "1 * 2 1 3 3 4 3 * * * * * * *",
            "* * 2 1 3 4 4 * 2 1 1 3 3 * 4",
        ]);
        check(&units, Metric::Nominal, "0.691358");
        check(&units, Metric::Interval, "0.810845");
        assert_eq!(krippendorff_alpha(&units, Metric::Nominal, 1).unwrap().n_pairable, 26);
    }

    /// ALPHA-2: Krippendorff's own example; nominal, ordinal and ratio as in the
    /// tests of fast-krippendorff, interval recomputed.
    #[test]
    fn alpha_2() {
        let units = units(&[
            "1 2 3 3 2 1 4 1 2 * * *",
            "1 2 3 3 2 2 4 1 2 5 * 3",
            "* 3 3 3 2 3 4 2 2 5 1 *",
            "1 2 3 3 2 4 4 1 2 5 1 *",
        ]);
        check(&units, Metric::Nominal, "0.743");
        check(&units, Metric::Ordinal, "0.815");
        check(&units, Metric::Interval, "0.849");
        check(&units, Metric::Ratio, "0.797");
        let alpha = krippendorff_alpha(&units, Metric::Nominal, 1).unwrap();
        assert_eq!((alpha.n_units, alpha.n_pairable), (11, 40));
        let (low, high) = alpha.interval.unwrap();
        assert!(low < alpha.alpha && alpha.alpha < high && high <= 1.0, "{low} {high}");
        let again = krippendorff_alpha(&units, Metric::Nominal, 1).unwrap();
        assert_eq!(again, alpha, "a seed repeats the interval");
    }

    /// Table 1 of Hayes and Krippendorff (2007), for which they print 0.7598.
    ///
    /// The trap of NLTK, which was found to give 0.2058 for it
    /// (raoulbia/nltk-krippendorff-validation): called without a distance it takes
    /// ranks as names, and the mark of a missing value as a value.
    #[test]
    fn ordinal_alpha_is_that_of_hayes_and_krippendorff() {
        let units = units(&[
            "1 1 2 . 0 0 1 1 2 2 . 0 1 3 1 1 2 1 1 0 0 0 2 0 1 0 0 1 1 1 1 2 2 3 2 2 2 2 2 1",
            "1 1 3 0 0 0 0 . 2 1 1 0 2 3 1 1 1 2 1 0 0 0 3 0 2 1 0 2 1 1 1 1 2 2 2 2 2 2 2 1",
            "2 0 3 0 0 0 2 2 2 1 0 0 2 2 1 1 2 3 0 0 1 . 3 0 . 1 0 1 2 2 0 2 . 2 2 3 2 . 2 1",
            ". 1 3 . . . . 0 . 1 0 0 2 2 . . . 3 1 . 1 0 3 0 2 1 1 2 2 . . 1 2 2 . . . 1 2 .",
            "2 . . 0 0 0 1 . 2 . . . . 3 1 1 2 . . 0 . 0 . . 2 . 0 . . 2 0 . 2 . 2 2 2 2 . 1",
        ]);
        check(&units, Metric::Ordinal, "0.7598");
        check(&units, Metric::Nominal, "0.4765");
        let with_missing = |unit: &Vec<f64>| [unit.as_slice(), &vec![9.0; 5 - unit.len()]].concat();
        check(&units.iter().map(with_missing).collect::<Vec<_>>(), Metric::Nominal, "0.2058");
    }

    /// By hand: Do = 2 · 1 / 4 = ½ and De = 2 · (3 · 1) · 1 / (4 · 3) = ½.
    #[test]
    fn agreement_by_chance_is_0() {
        check(&units(&["0 0", "0 1"]), Metric::Nominal, "0.0");
    }

    #[test]
    fn numbers_from_0_may_be_0() {
        check(&units(&["0 1 2", "0 1 2"]), Metric::Ratio, "1.0");
    }

    #[test]
    fn alpha_that_is_not_defined_says_why() {
        let why = |units: &[Vec<f64>], metric| krippendorff_alpha(units, metric, 1).unwrap_err();
        assert_eq!(why(&[], Metric::Nominal), Undefined::NoPair);
        assert_eq!(why(&[vec![1.0], vec![], vec![2.0]], Metric::Ordinal), Undefined::NoPair);
        assert_eq!(why(&[vec![1.0, 1.0], vec![1.0, 1.0]], Metric::Interval), Undefined::OneCategory);
        assert_eq!(why(&[vec![1.0, f64::NAN]], Metric::Nominal), Undefined::NotANumber);
        assert_eq!(why(&[vec![1e308, -1e308], vec![0.0, 1.0]], Metric::Interval), Undefined::NotANumber);
        assert_eq!(why(&[vec![1.0, -1.0]], Metric::Ratio), Undefined::Negative);
        assert_eq!(raw_agreement::<u8>(&[vec![1], vec![]]), None);
    }
}
