//! What lies below what: no circles, no chain too long, every data category under a root.

use abey_engine::image::Period;

use super::Resolver;
use super::terms::noun;
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::HIERARCHY_DEPTH;
use crate::model::{Edge, Facet};

impl Resolver {
    /// Places without a place above lie in `anywhere`; data stands under personal or other data; nothing lies below itself.
    pub(super) fn check_terms(&mut self) {
        if let Some(anywhere) = self.find(Facet::Place, "anywhere") {
            for (index, term) in self.policy.terms.get_mut(Facet::Place as usize).into_iter().flatten().enumerate() {
                if index as u32 != anywhere
                    && !term
                        .parents
                        .iter()
                        .any(|edge| edge.when.is_none() && edge.period.from.is_none() && edge.period.until.is_none())
                {
                    let origin = term.origin.clone();
                    term.parents.push(Edge {
                        parent: anywhere,
                        period: Period { from: None, until: None },
                        when: None,
                        origin,
                    });
                }
            }
        }
        for &facet in Facet::ALL {
            let edges = self.cycle(facet);
            // Of the edges of the circle, one that the top source states can be taken away.
            let own = |(_, edge): &&(String, Edge)| edge.origin.unit + 1 == self.units.len();
            let Some((name, edge)) = edges.iter().find(own).or(edges.first()) else { continue };
            let message = format!("the {} `{name}` lies below itself", noun(facet));
            let mut fault = Diagnostic::error(Code::CyclicTerms, edge.origin.span, message);
            for (other, further) in
                edges.iter().filter(|(other, further)| other != name && further.origin.unit == edge.origin.unit)
            {
                fault = fault.related(further.origin.span, format!("by way of `{other}`"));
            }
            self.unit = edge.origin.unit;
            self.fault(fault.help("take one of the `is` away"));
            return;
        }
        self.check_depth();
        self.check_data();
    }

    /// No chain of words is longer than an image holds. There is no circle.
    fn check_depth(&mut self) {
        for &facet in Facet::ALL {
            let terms = self.facet(facet);
            // How deep each word lies; none where it isn't known yet.
            let mut depths: Vec<Option<usize>> = vec![None; terms.len()];
            for start in 0..terms.len() {
                let mut way = vec![start];
                while let Some(index) = way.last().copied() {
                    let parents = terms.get(index).map_or(&[][..], |term| &term.parents);
                    let depth = |edge: &Edge| depths.get(edge.parent as usize).copied().flatten();
                    let waiting = parents.iter().find(|edge| depth(edge).is_none());
                    if let Some(edge) = waiting.filter(|edge| (edge.parent as usize) < terms.len()) {
                        way.push(edge.parent as usize);
                        continue;
                    }
                    let deepest = parents.iter().filter_map(depth).max().unwrap_or(0) + 1;
                    if let Some(slot) = depths.get_mut(index) {
                        *slot = Some(deepest);
                    }
                    way.pop();
                }
            }
            let deep = depths.iter().position(|depth| *depth == Some(HIERARCHY_DEPTH + 1));
            let Some(term) = deep.and_then(|index| terms.get(index)).cloned() else { continue };
            let message = format!("the {} `{}` lies more than {HIERARCHY_DEPTH} words deep", noun(facet), term.name);
            let fault = Diagnostic::error(Code::NestedTooDeep, term.origin.span, message);
            self.unit = term.origin.unit;
            self.fault(fault.help("let it stand under a word further up"));
        }
    }

    /// The edges of a circle in a facet, each with the word that it starts from; none where there is no circle.
    fn cycle(&self, facet: Facet) -> Vec<(String, Edge)> {
        let terms = self.facet(facet);
        // Words that lie below none of a circle, so far.
        let mut done = vec![false; terms.len()];
        let mut on_way = vec![false; terms.len()];
        for start in 0..terms.len() {
            let mut way = vec![(start, 0)];
            while let Some((index, next)) = way.pop() {
                let Some(term) = terms.get(index) else { continue };
                let mark = |of: &mut Vec<bool>, value| of.get_mut(index).map(|slot| *slot = value);
                if next == 0 && done.get(index) == Some(&true) {
                    continue;
                }
                mark(&mut on_way, true);
                let Some(edge) = term.parents.get(next) else {
                    mark(&mut on_way, false);
                    mark(&mut done, true);
                    continue;
                };
                way.push((index, next + 1));
                let parent = edge.parent as usize;
                if on_way.get(parent) == Some(&true) {
                    let circle = way.iter().skip_while(|(index, _)| *index != parent);
                    let edges = circle.filter_map(|(index, next)| {
                        let term = terms.get(*index)?;
                        Some((term.name.clone(), term.parents.get(next.checked_sub(1)?)?.clone()))
                    });
                    return edges.collect();
                }
                way.push((parent, 0));
            }
        }
        Vec::new()
    }

    fn check_data(&mut self) {
        let roots: Vec<u32> =
            ["personal_data", "other_data"].iter().filter_map(|root| self.find(Facet::Data, root)).collect();
        let sure = |edge: &&Edge| edge.when.is_none() && edge.period.from.is_none() && edge.period.until.is_none();
        let terms = self.facet(Facet::Data);
        let above: Vec<std::collections::BTreeSet<u32>> = (0..terms.len() as u32)
            .map(|index| {
                let mut waiting = vec![index];
                let mut seen = std::collections::BTreeSet::new();
                while let Some(at) = waiting.pop() {
                    if seen.insert(at) {
                        let parents = terms.get(at as usize).map_or(&[][..], |term| &term.parents);
                        waiting.extend(parents.iter().filter(sure).map(|edge| edge.parent));
                    }
                }
                seen
            })
            .collect();
        let stands =
            |term: u32| above.get(term as usize).is_some_and(|above| roots.iter().any(|root| above.contains(root)));
        let mut faults = Vec::new();
        for (index, term) in terms.iter().enumerate() {
            // What lies below a word without a root is mended with that word.
            if !stands(index as u32) && term.parents.iter().all(|edge| stands(edge.parent)) {
                let message = format!(
                    "the data category `{}` stands neither under personal data nor under other data",
                    term.name
                );
                let help = "write `is personal_data`, `is other_data`, or a word below one of them: otherwise no prohibition would reach it";
                // An edge of the policy may have taken the place of the one that a vocabulary states.
                let top = self.units.len().saturating_sub(1);
                let edge = term.parents.iter().map(|edge| &edge.origin).find(|origin| origin.unit == top);
                let place = edge.unwrap_or(&term.origin);
                let fault = Diagnostic::error(Code::RootlessData, place.span, message);
                faults.push((place.clone(), fault.help(help)));
            }
            let unstructured = above.get(index).is_some_and(|above| above.contains(&self.policy.core.unstructured));
            if term.containing.is_some() && !unstructured {
                let message = format!("`{}` declares what it contains, and isn't unstructured", term.name);
                let help = "write `is unstructured` as well: other data contains nothing but itself";
                let fault = Diagnostic::error(Code::StructuredContainer, term.origin.span, message).help(help);
                faults.push((term.origin.clone(), fault));
            }
            for edge in term.parents.iter().filter(|edge| !sure(edge)) {
                let above = terms.get(edge.parent as usize);
                if let Some(above) = above.filter(|above| above.containing.is_some()) {
                    let message = format!(
                        "`{}` declares what it contains, so what lies below it can't be dated or conditional",
                        above.name
                    );
                    let fault = Diagnostic::error(Code::ConditionalContainer, edge.origin.span, message);
                    faults.push((edge.origin.clone(), fault.help("take the dates and the condition away")));
                }
            }
        }
        for (origin, fault) in faults {
            self.unit = origin.unit;
            self.fault(fault);
        }
    }
}
