//! The tuples that rows, selections and lists of models can be: up to sixteen.

/// Calls a macro once for each tuple, with its type parameters and places: `A 0, B 1`.
macro_rules! for_each_tuple {
    ($implement:ident) => {
        $implement! { A 0 }
        $implement! { A 0, B 1 }
        $implement! { A 0, B 1, C 2 }
        $implement! { A 0, B 1, C 2, D 3 }
        $implement! { A 0, B 1, C 2, D 3, E 4 }
        $implement! { A 0, B 1, C 2, D 3, E 4, F 5 }
        $implement! { A 0, B 1, C 2, D 3, E 4, F 5, G 6 }
        $implement! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7 }
        $implement! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8 }
        $implement! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9 }
        $implement! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10 }
        $implement! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11 }
        $implement! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12 }
        $implement! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13 }
        $implement! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14 }
        $implement! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14, P 15 }
    };
}

pub(crate) use for_each_tuple;
