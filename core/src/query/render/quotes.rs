/// Puts a dialect's own quotes around names. sea-query has a writer for each family, whose parts hand on to each other and so can't be
/// changed one by one; but it writes the quotes of a name, and nothing else, letter by letter.
pub(super) struct Quotes {
    /// What sea-query writes before and after a name, and twice for one in it.
    family: char,
    opening: char,
    closing: char,
    place: Place,
}

enum Place {
    Outside,
    InName,
    /// Behind a quote, which ends the name unless another follows.
    AtQuote,
}

impl Quotes {
    pub(super) fn new(family: char, (opening, closing): (char, char)) -> Self {
        Quotes { family, opening, closing, place: Place::Outside }
    }

    pub(super) fn letter(&mut self, letter: char, sql: &mut String) {
        match self.place {
            Place::Outside if letter == self.family => {
                sql.push(self.opening);
                self.place = Place::InName;
            }
            Place::Outside => sql.push(letter),
            Place::InName if letter == self.family => self.place = Place::AtQuote,
            Place::AtQuote if letter == self.family => {
                self.part_of_name(letter, sql);
                self.place = Place::InName;
            }
            Place::InName => self.part_of_name(letter, sql),
            Place::AtQuote => {
                self.end_name(sql);
                sql.push(letter);
            }
        }
    }

    pub(super) fn text(&mut self, text: &str, sql: &mut String) {
        if let Place::InName = self.place {
            text.chars().for_each(|letter| self.part_of_name(letter, sql));
        } else {
            self.end_name(sql);
            sql.push_str(text);
        }
    }

    /// The name has ended, if there was one.
    pub(super) fn end_name(&mut self, sql: &mut String) {
        if let Place::AtQuote = self.place {
            sql.push(self.closing);
            self.place = Place::Outside;
        }
    }

    fn part_of_name(&self, letter: char, sql: &mut String) {
        if letter == self.closing {
            sql.push(letter);
        }
        sql.push(letter);
    }
}
