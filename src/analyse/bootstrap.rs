//! The bootstrap: intervals from figures of samples drawn again.

use super::Random;

/// Draws of a bootstrap: its limits, the 50th figure from either end, then move
/// by little from seed to seed.
const N_DRAWS: usize = 2_000;

/// The 95 % percentile interval of each of several figures, from 2,000
/// draws. `draw` draws a sample anew and gives its figures.
///
/// An interval is `None` where its figure is not defined for more than one draw
/// in 20: what is left would stand for another kind of sample.
///
/// Source: Efron and Tibshirani (1993), "An introduction to the bootstrap",
/// chapter 13; quantiles by linear interpolation.
pub(super) fn bootstrap<const N: usize>(
    seed: u64,
    mut draw: impl FnMut(&mut Random) -> [Option<f64>; N],
) -> [Option<(f64, f64)>; N] {
    let mut random = Random::new(seed);
    let mut figures: [Vec<f64>; N] = std::array::from_fn(|_| Vec::with_capacity(N_DRAWS));
    for _ in 0..N_DRAWS {
        for (figures, figure) in figures.iter_mut().zip(draw(&mut random)) {
            figures.extend(figure.filter(|figure| figure.is_finite()));
        }
    }
    figures.map(|mut figures| {
        if figures.len() * 20 < N_DRAWS * 19 {
            return None;
        }
        figures.sort_by(f64::total_cmp);
        Some((quantile(&figures, 0.025), quantile(&figures, 0.975)))
    })
}

/// The quantile of ascending figures, of which there is at least one.
fn quantile(figures: &[f64], share: f64) -> f64 {
    let at = share * (figures.len() - 1) as f64;
    let (below, above) = (figures[at.floor() as usize], figures[at.ceil() as usize]);
    below + (above - below) * at.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_leave_out_one_draw_in_forty_on_either_side() {
        // The figures 0 to 1,999: 0.025 · 1,999 = 49.975, 0.975 · 1,999 = 1,949.025.
        let mut at = 0.0;
        let [interval] = bootstrap(1, |_| {
            at += 1.0;
            [Some(at - 1.0)]
        });
        let (low, high) = interval.unwrap();
        assert!((low - 49.975).abs() < 1e-9 && (high - 1_949.025).abs() < 1e-9, "{low} {high}");
    }

    #[test]
    fn a_figure_that_is_often_undefined_has_no_interval() {
        let mut at = 0;
        let intervals = bootstrap(1, |_| {
            at += 1;
            [(at > 100).then_some(0.5), (at > 101).then_some(0.5), Some(f64::NAN)]
        });
        assert_eq!(intervals, [Some((0.5, 0.5)), None, None]);
    }
}
