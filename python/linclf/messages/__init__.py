"""What linclf says to students, in the languages of the lectures: en, de, ko, sk, ru.

One file a language holds sentences by key. The English one is always shown; the other is added
below it, in the language of ``LINCLF_LANG``, else of the locale. Translations name the same values
in braces as the English sentence does; how these are written is decided there.

English keys ``diagnosis.*`` are the sentences of `linclf.diagnosis`, ``task.*`` the tasks of
`linclf.course`: they are not written down again here.
"""

from linclf.messages.catalogue import LANGUAGES, catalogue, language
from linclf.messages.sentence import Sentence, add_translation, read, say

__all__ = ["LANGUAGES", "Sentence", "add_translation", "catalogue", "language", "read", "say"]
