//! What concerns a file as a whole: the lite runtime, and options that editions no longer have.

use super::Validator;
use crate::schema::Edition;

/// Numbers of fields in `FileOptions`.
mod option {
    pub(super) const JAVA_MULTIPLE_FILES: i32 = 10;
    pub(super) const CC_GENERIC_SERVICES: i32 = 16;
    pub(super) const JAVA_GENERIC_SERVICES: i32 = 17;
    pub(super) const JAVA_STRING_CHECK_UTF8: i32 = 27;
}

impl Validator<'_, '_> {
    pub(super) fn whole_file(&mut self) {
        self.lite();
        let options = self.file.options();
        if let Some(setting) = options.get(option::JAVA_MULTIPLE_FILES)
            && self.file.edition() >= Edition::Edition2024
        {
            self.report(
                setting.span(),
                "edition 2024 does not have the option `java_multiple_files`",
                "write `features.(pb.java).nest_in_file_class`",
            );
        }
        if let Some(setting) = options.get(option::JAVA_STRING_CHECK_UTF8)
            && self.file.edition().is_edition()
            && options.boolean(option::JAVA_STRING_CHECK_UTF8) == Some(true)
        {
            self.report(
                setting.span(),
                "editions do not have the option `java_string_check_utf8`",
                "write `features.(pb.java).utf8_validation`",
            );
        }
    }

    fn lite(&mut self) {
        let options = self.file.options();
        if self.lite.contains(&self.file.id()) {
            let generic = options.boolean(option::CC_GENERIC_SERVICES) == Some(true)
                || options.boolean(option::JAVA_GENERIC_SERVICES) == Some(true);
            if generic {
                for service in self.file.services() {
                    self.report(
                        service.name().span,
                        format!(
                            "service `{}` is in a lite file with generic services",
                            service.full_name()
                        ),
                        "remove `cc_generic_services` and `java_generic_services`",
                    );
                }
            }
            return;
        }
        let file = self.file;
        if self.lite.is_empty() {
            return;
        }
        for (import, to) in file.import_statements() {
            if let Some(to) = to
                && self.lite.contains(&to.id())
            {
                self.report(
                    file.syntax().span(import.path),
                    format!(
                        "this file is not lite and imports `{}`, which is",
                        to.path()
                    ),
                    "set `optimize_for = LITE_RUNTIME` in both or in none",
                );
            }
        }
    }
}
