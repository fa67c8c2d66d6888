//! What the tests and intervals hold to: data made by a known law, many times over, and how
//! often the program is wrong about it. Seeds make each run the same.

use scrutineer::analyse::{
    Observation, Random, Rate, Stratum, TermYear, TimedRate, benjamini_hochberg, benjamini_yekutieli,
    corrected_prevalence, design_effect, exchange_p, lean, mann_kendall, rate_ratio, rate_trend, term_mix,
};

/// The share of discoveries that may be false.
const Q: f64 = 0.1;

/// A number below 1.
fn uniform(random: &mut Random) -> f64 {
    (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// A draw from Poisson's distribution of that mean (Knuth).
fn poisson(random: &mut Random, mean: f64) -> u64 {
    let end = (-mean).exp();
    let mut product = uniform(random);
    let mut n = 0;
    while product > end {
        product *= uniform(random);
        n += 1;
    }
    n
}

/// A factor of mean 1 that differs from draw to draw by that standard deviation of its
/// logarithm.
fn burst(random: &mut Random, deviation: f64) -> f64 {
    (deviation * random.normal() - deviation * deviation / 2.0).exp()
}

/// At most q of so many families, and three standard errors.
fn most(n_families: u32) -> f64 {
    let n = f64::from(n_families);
    n * Q + 3.0 * (n * Q * (1.0 - Q)).sqrt()
}

/// In how many families there is a discovery, after Benjamini and Hochberg, and after
/// Benjamini and Yekutieli.
fn discoveries(n_families: u32, mut family: impl FnMut() -> Vec<f64>) -> (u32, u32) {
    let finds = |adjusted: Option<Vec<f64>>| u32::from(adjusted.unwrap().iter().any(|p| *p <= Q));
    let mut found = (0, 0);
    for _ in 0..n_families {
        let p_values = family();
        found.0 += finds(benjamini_hochberg(&p_values));
        found.1 += finds(benjamini_yekutieli(&p_values));
    }
    found
}

/// Two sides of 40 meetings without any difference, 20 themes from rare to common, which
/// come in bursts.
#[test]
fn of_sides_that_do_not_differ_few_comparisons_find_a_difference() {
    const FAMILIES: u32 = 400;
    let mut random = Random::new(41);
    let (hochberg, yekutieli) = discoveries(FAMILIES, || {
        let sides: Vec<Vec<f64>> =
            (0..2).map(|_| (0..40).map(|_| 20.0 + random.below(60) as f64).collect()).collect();
        let mut p_values = Vec::new();
        for theme in 0..20 {
            let rate = 0.002 * f64::from(1 + theme);
            let meetings: Vec<Vec<Rate>> = sides
                .iter()
                .map(|side| {
                    let meeting = |exposure: &f64| {
                        let mean = rate * exposure * burst(&mut random, 0.8);
                        Rate { count: poisson(&mut random, mean), exposure: *exposure }
                    };
                    side.iter().map(meeting).collect()
                })
                .collect();
            let compared = compared([&meetings[0], &meetings[1]]);
            p_values.extend(compared.map(|[of_ratio, exchanged]| of_ratio.max(exchanged)));
        }
        p_values
    });
    println!("compare: {hochberg} and {yekutieli} of {FAMILIES}");
    assert!(f64::from(hochberg) <= most(FAMILIES), "{hochberg}");
    assert!(f64::from(yekutieli) <= most(FAMILIES) && yekutieli <= hochberg, "{yekutieli}");
}

/// The two p values of a comparison: of the ratio, and of meetings divided by chance.
fn compared(sides: [&[Rate]; 2]) -> Option<[f64; 2]> {
    let [a, b] = sides.map(|side| Rate {
        count: side.iter().map(|meeting| meeting.count).sum(),
        exposure: side.iter().map(|meeting| meeting.exposure).sum(),
    });
    let effects = sides.map(|side| design_effect(side).unwrap());
    let of_ratio = rate_ratio(a, b, effects).unwrap().p.value;
    (a.count + b.count > 0).then(|| [of_ratio, exchange_p(sides[0], sides[1], 1).unwrap()])
}

/// Meetings of which such a share has a theme, and has it several times.
fn meetings_in_bursts(random: &mut Random, n: usize, share: f64) -> Vec<Rate> {
    let mut meeting = || {
        let exposure = 20.0 + random.below(60) as f64;
        let count = if uniform(random) < share { 1 + poisson(random, 6.0) } else { 0 };
        Rate { count, exposure }
    };
    (0..n).map(|_| meeting()).collect()
}

/// Five meetings against two hundred, one in a hundred of which has the theme, and then seven
/// times in the mean: without any difference p is below 0.05 in no more than one of twenty,
/// where the ratio alone would often be; and where a theme stands in a third of the meetings
/// of forty, and in one of twenty of forty others, that is told.
#[test]
fn what_one_meeting_says_often_is_no_difference_of_two_sides() {
    const RUNS: u32 = 2_000;
    let mut random = Random::new(43);
    let (mut n_false, mut n_of_ratio) = (0, 0);
    for _ in 0..RUNS {
        let few = meetings_in_bursts(&mut random, 5, 0.01);
        let many = meetings_in_bursts(&mut random, 200, 0.01);
        let Some([of_ratio, exchanged]) = compared([&few, &many]) else { continue };
        n_false += u32::from(of_ratio.max(exchanged) <= 0.05);
        n_of_ratio += u32::from(of_ratio <= 0.05);
    }
    println!("few against many: {n_false} of {RUNS}, {n_of_ratio} by the ratio alone");
    assert!(f64::from(n_false) <= 0.065 * f64::from(RUNS), "{n_false}");
    let n_told = (0..200)
        .filter(|_| {
            let often = meetings_in_bursts(&mut random, 40, 0.33);
            let seldom = meetings_in_bursts(&mut random, 40, 0.05);
            compared([&often, &seldom]).is_some_and(|p| p[0].max(p[1]) <= 0.05)
        })
        .count();
    println!("a third against a twentieth of forty: told {n_told} of 200");
    assert!(n_told >= 150, "{n_told}");
}

/// Ten themes in six councils over eight years without a trend, with years that differ by
/// more than chance; a third of each theme's passages are of the theme before as well.
#[test]
fn of_years_without_a_trend_few_tests_find_one() {
    const FAMILIES: u32 = 300;
    let mut random = Random::new(42);
    let mut families: Vec<(Vec<f64>, Vec<f64>)> = Vec::new();
    let mut n_below = [0_u32; 2];
    let mut n_tests = [0_u32; 2];
    for _ in 0..FAMILIES {
        let (mut of_rates, mut of_shares) = (Vec::new(), Vec::new());
        let mut before = vec![[0_u64; 8]; 6];
        for theme in 0..10 {
            let mut councils: Vec<Vec<TimedRate>> = Vec::new();
            for shared in &mut before {
                let mut series = Vec::new();
                for (year, shared) in shared.iter_mut().enumerate() {
                    let exposure = 300.0 + random.below(700) as f64;
                    let rate = 0.001 * f64::from(1 + theme) * burst(&mut random, 0.3);
                    let own = poisson(&mut random, rate * exposure);
                    let of_before = *shared / 3;
                    *shared = own;
                    series.push(TimedRate {
                        time: year as f64,
                        rate: Rate { count: own + of_before, exposure },
                    });
                }
                councils.push(series);
            }
            for series in &councils {
                let shares: Vec<Observation> = series
                    .iter()
                    .map(|one| Observation { time: one.time, value: one.rate.value().unwrap() })
                    .collect();
                of_shares.push(mann_kendall(&shares).unwrap().p.value);
            }
            let all: Vec<&[TimedRate]> = councils.iter().map(Vec::as_slice).collect();
            let each = all.chunks(1).chain([&all[..]]);
            of_rates.extend(each.filter_map(|of| Some(rate_trend(of).ok()?.p.value)));
        }
        for (at, p_values) in [&of_rates, &of_shares].into_iter().enumerate() {
            n_below[at] += p_values.iter().filter(|p| **p <= 0.05).count() as u32;
            n_tests[at] += p_values.len() as u32;
        }
        families.push((of_rates, of_shares));
    }
    for (at, name) in ["rate_trend", "mann_kendall"].into_iter().enumerate() {
        let mut all = families.iter().map(|(rates, shares)| [rates, shares][at].clone());
        let (hochberg, yekutieli) = discoveries(FAMILIES, || all.next().unwrap());
        println!(
            "{name}: {hochberg} and {yekutieli} of {FAMILIES}; p ≤ 0.05 in {} of {}",
            n_below[at], n_tests[at]
        );
        assert!(f64::from(hochberg) <= most(FAMILIES), "{name} {hochberg}");
        assert!(f64::from(yekutieli) <= most(FAMILIES) && yekutieli <= hochberg, "{name} {yekutieli}");
        assert!(n_below[at] * 1_000 <= n_tests[at] * 55, "{name} {n_below:?} of {n_tests:?}");
    }
}

/// Eight years of a theme: so many meetings with it in the first year, `growth` times as many
/// in each that follows, and in each meeting one to three passages, which say the same term. With `renamed`, the first term gives way
/// to the last in the fifth year.
fn years_of_terms(random: &mut Random, per_year: f64, growth: f64, renamed: bool) -> Vec<Vec<TermYear>> {
    const SHARES: [f64; 7] = [0.40, 0.20, 0.15, 0.10, 0.08, 0.05, 0.02];
    let mut terms = vec![Vec::new(); SHARES.len() + 1];
    for year in 2016_i32..2024 {
        let mut counts = [0_u64; SHARES.len() + 1];
        let meetings = poisson(random, per_year * growth.powi(year - 2016));
        let mut squares = 0;
        for _ in 0..meetings {
            let drawn = uniform(random);
            let mut end = 0.0;
            let term = SHARES.iter().position(|share| {
                end += share;
                drawn < end
            });
            let term = match term {
                Some(0) | None if renamed && year >= 2020 => SHARES.len(),
                term => term.unwrap_or(0),
            };
            let passages = 1 + random.below(3);
            counts[term] += passages;
            squares += passages.pow(2);
        }
        let with_theme = counts.iter().sum();
        for (term, with_term) in terms.iter_mut().zip(counts) {
            term.push(TermYear { year: year as u16, with_term, with_theme, meetings, squares });
        }
    }
    terms
}

/// Whether the mix of some term shifts, or the trend leans on one.
fn drifts(terms: &[Vec<TermYear>]) -> (bool, bool) {
    let rates = |without: Option<usize>| {
        let with = |at: usize, year: &TermYear| {
            without.map_or(year.with_theme, |term| year.with_theme - terms[term][at].with_term)
        };
        let rate = |(at, year): (usize, &TermYear)| TimedRate {
            time: year.year.into(),
            rate: Rate { count: with(at, year), exposure: 2_000.0 },
        };
        let rates: Vec<TimedRate> = terms[0].iter().enumerate().map(rate).collect();
        rate_trend(&[&rates]).map_err(|reason| reason.to_string())
    };
    let shifts = terms.iter().any(|term| term_mix(&[term]).is_some_and(|mix| mix.is_shift));
    let whole = rates(None);
    let leans = (0..terms.len()).any(|term| lean(whole.as_ref().ok(), rates(Some(term)).as_ref()).is_some());
    (shifts, leans)
}

#[test]
fn a_rename_shifts_the_mix_and_no_rename_rarely_does() {
    const RUNS: u32 = 400;
    let mut random = Random::new(43);
    for per_year in [5.0, 15.0, 60.0] {
        let mut count = |renamed: bool| {
            let mut n = (0, 0);
            for _ in 0..RUNS {
                let (shifts, leans) = drifts(&years_of_terms(&mut random, per_year, 1.0, renamed));
                n.0 += u32::from(shifts);
                n.1 += u32::from(leans);
            }
            n
        };
        let (renamed, same) = (count(true), count(false));
        println!("{per_year} a year: renamed {renamed:?}, not renamed {same:?} of {RUNS}");
        // Of a term in 20 meetings of 50, with one to three passages in each, a rename is not
        // always told from chance.
        let least = if per_year < 10.0 { 60 } else { 97 };
        assert!(renamed.0 * 100 >= RUNS * least, "{per_year}: {renamed:?}");
        // Where there is no trend and no term shifts.
        assert!(same.0 * 100 <= RUNS * 3 && same.1 * 100 <= RUNS * 2, "{per_year}: {same:?}");
    }
}

/// A trend of all terms alike loses its p without some of them, as there are fewer passages;
/// that is not to be taken for one that leans on a term.
#[test]
fn a_trend_of_all_terms_alike_rarely_leans_on_one() {
    const RUNS: u32 = 200;
    let mut random = Random::new(44);
    for per_year in [15.0, 30.0, 60.0] {
        let leans = |_: &u32| drifts(&years_of_terms(&mut random, per_year, 1.08, false)).1;
        let n_leaning = (0..RUNS).filter(leans).count();
        println!("{per_year} a year, growing: {n_leaning} of {RUNS} lean");
        assert!(n_leaning * 100 <= RUNS as usize * 3, "{per_year}: {n_leaning}");
    }
}

/// A theme that holds the old name alone falls from the fifth year on, and its trend leans
/// on that name.
#[test]
fn a_theme_that_holds_the_old_name_alone_leans_on_it() {
    let counts = [20, 22, 19, 21, 0, 0, 0, 0];
    let years: Vec<TermYear> = (2016..)
        .zip(counts)
        .map(|(year, n)| TermYear { year, with_term: n, with_theme: n, meetings: n, squares: n })
        .collect();
    let (_, leans) = drifts(&[years]);
    assert!(leans);
}

/// A query, and a group whose prevalence is corrected by a sample coded elsewhere.
struct Coded {
    name: &'static str,
    /// Of 10,000 units elsewhere: about the thing and matched, and matched but not about it.
    hits: u64,
    matched: u64,
    /// About the thing, and not matched.
    missed: u64,
    /// How many of the matched and of the others are coded.
    sampled: [u64; 2],
    /// Units of the group, and what share of them is about the thing.
    n: u64,
    truth: f64,
}

/// Of 2,000 samples of each kind 94.7, 95.6, 95.0 and 94.5 % cover it; here of 200, which
/// may differ from 95 % by three standard errors, 4.6 points.
#[test]
fn intervals_of_corrected_prevalence_cover_the_truth() {
    const RUNS: u64 = 200;
    let coded = [
        Coded {
            name: "good query",
            hits: 800,
            matched: 1_250,
            missed: 200,
            sampled: [150, 300],
            n: 1_000,
            truth: 0.15,
        },
        Coded {
            name: "rare thing",
            hits: 150,
            matched: 200,
            missed: 50,
            sampled: [100, 400],
            n: 2_000,
            truth: 0.02,
        },
        Coded {
            name: "small sample",
            hits: 800,
            matched: 1_000,
            missed: 300,
            sampled: [40, 60],
            n: 500,
            truth: 0.10,
        },
        Coded {
            name: "poor query",
            hits: 500,
            matched: 1_500,
            missed: 700,
            sampled: [150, 300],
            n: 1_000,
            truth: 0.12,
        },
    ];
    let mut random = Random::new(44);
    for Coded { name, hits, matched, missed, sampled: [n_matched, n_others], n, truth } in coded {
        let others = 10_000 - matched;
        let (sensitivity, false_alarms) =
            (hits as f64 / (hits + missed) as f64, (matched - hits) as f64 / (10_000 - hits - missed) as f64);
        let apparent = truth * sensitivity + (1.0 - truth) * false_alarms;
        let (mut n_covered, mut n_intervals) = (0, 0);
        for run in 0..RUNS {
            let mut coded = |n: u64, of: u64, positive: u64| {
                random
                    .sample(of as usize, n as usize)
                    .into_iter()
                    .filter(|place| (*place as u64) < positive)
                    .count() as u64
            };
            let (found, lost) = (coded(n_matched, matched, hits), coded(n_others, others, missed));
            let stratum = |is_matched, population, sampled, positive| Stratum {
                is_matched,
                population,
                sampled,
                in_group: sampled,
                positive,
            };
            let strata = [stratum(true, matched, n_matched, found), stratum(false, others, n_others, lost)];
            let in_group = (0..n).filter(|_| uniform(&mut random) < apparent).count() as u64;
            let Ok(estimate) = corrected_prevalence(in_group, n, &strata, run) else { continue };
            let Some((low, high)) = estimate.interval else { continue };
            n_intervals += 1;
            n_covered += u64::from(low <= truth && truth <= high);
        }
        println!("{name}: {n_covered} of {n_intervals}, of {RUNS} samples");
        let share = n_covered as f64 / n_intervals as f64;
        assert!((0.904..=0.996).contains(&share), "{name}: 95 % intervals cover the truth in {share}");
    }
}
