"""Names of people in their own scripts, each with the Latin spelling that a sign-in name is made of.

No family name's Latin spelling occurs twice, so given.family is unique over all locales.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Locale:
    language: str
    country: str  # ISO 3166, for usageLocation
    country_name: str
    city: str
    office: str
    postal: str
    street: str
    dial: str
    given: tuple[tuple[str, str], ...]
    family: tuple[tuple[str, str], ...]
    family_first: str = ""  # the text between family and given name where the family name leads; "" otherwise

    @property
    def people(self) -> int:
        return len(self.given) * len(self.family)


def _names(text: str) -> tuple[tuple[str, str], ...]:
    """`Zoë/zoe Jürgen/juergen`: a name and its Latin spelling; one that is plain ASCII needs no second part."""
    pairs = (word.partition("/") for word in text.split())
    return tuple((name, latin or name.lower()) for name, _, latin in pairs)


NO_SPACE = "\u200b"  # marks a family name that is written together with the given name

LOCALES: tuple[Locale, ...] = (
    Locale(
        "de-DE",
        "DE",
        "Deutschland",
        "Hamburg",
        "HAM-2",
        "20457",
        "Am Sandtorkai 12",
        "+49 40",
        _names(
            "Jürgen/juergen Käthe/kaethe Björn/bjoern Sören/soeren Anneliese Uwe Günther/guenther Heike Jörg/joerg "
            "Silke Matthias Ulrike"
        ),
        _names(
            "Müller/mueller Schröder/schroeder Weiß/weiss Großmann/grossmann Jäger/jaeger Köhler/koehler Brandt "
            "Vogel Krüger/krueger Böhm/boehm Lindner Strauß/strauss"
        ),
    ),
    Locale(
        "bg-BG",
        "BG",
        "България",
        "Варна",
        "VAR-1",
        "9000",
        "бул. Приморски 4",
        "+359 52",
        _names(
            "Георги/georgi Мария/mariya Димитър/dimitar Цветелина/tsvetelina Стоян/stoyan Йордан/yordan "
            "Радостина/radostina Любомир/lyubomir Щилиян/shtiliyan Ваня/vanya Кирил/kiril Елица/elitsa"
        ),
        _names(
            "Иванов/ivanov Димитрова/dimitrova Петров/petrov Стоянова/stoyanova Николов/nikolov Колев/kolev "
            "Жечева/zhecheva Христов/hristov Ангелова/angelova Тодоров/todorov Юсуфова/yusufova Попов/popov"
        ),
    ),
    Locale(
        "el-GR",
        "GR",
        "Ελλάδα",
        "Πειραιάς",
        "PIR-1",
        "18538",
        "Ακτή Μιαούλη 85",
        "+30 210",
        _names(
            "Ελένη/eleni Γιώργος/giorgos Κατερίνα/katerina Δημήτρης/dimitris Ιωάννα/ioanna Νίκος/nikos "
            "Σοφία/sofia Χρήστος/christos Αθηνά/athina Θανάσης/thanasis Ευαγγελία/evangelia Σπύρος/spyros"
        ),
        _names(
            "Παπαδόπουλος/papadopoulos Γεωργίου/georgiou Οικονόμου/oikonomou Νικολάου/nikolaou "
            "Κωνσταντίνου/konstantinou Αγγελόπουλος/angelopoulos Μακρής/makris Χατζής/chatzis Βλάχος/vlachos "
            "Δήμου/dimou Ζαχαρίου/zachariou Καραγιάννης/karagiannis"
        ),
    ),
    Locale(
        "ar-AE",
        "AE",
        "الإمارات",
        "دبي",
        "DXB-3",
        "00000",
        "شارع الميناء 7",
        "+971 4",
        _names(
            "فاطمة/fatima محمد/mohammed عائشة/aisha خالد/khalid مريم/maryam يوسف/youssef نورة/noura عمر/omar "
            "ليلى/layla حسن/hassan سارة/sarah إبراهيم/ibrahim"
        ),
        _names(
            "المنصوري/almansoori الحداد/alhaddad النجار/alnajjar الكعبي/alkaabi الشامسي/alshamsi "
            "المزروعي/almazrouei حمدان/hamdan الخطيب/alkhatib الزعابي/alzaabi قاسم/qasim البلوشي/albalushi "
            "درويش/darwish"
        ),
    ),
    Locale(
        "he-IL",
        "IL",
        "ישראל",
        "חיפה",
        "HFA-1",
        "3303139",
        "דרך העצמאות 22",
        "+972 4",
        _names(
            "נועה/noa דוד/david תמר/tamar יונתן/yonatan שירה/shira אורי/ori רחל/rachel עידו/ido מאיה/maya "
            "אסף/asaf הדס/hadas גיא/guy"
        ),
        _names(
            "כהן/cohen לוי/levi מזרחי/mizrahi פרץ/peretz ביטון/biton אברהם/avraham פרידמן/friedman "
            "שפירא/shapira גולן/golan ברק/barak אדלר/adler רוזן/rozen"
        ),
    ),
    Locale(
        "hi-IN",
        "IN",
        "भारत",
        "मुंबई",
        "BOM-4",
        "400001",
        "बैलार्ड एस्टेट 9",
        "+91 22",
        _names(
            "प्रिया/priya राहुल/rahul अनीता/anita विकास/vikas सुनीता/sunita अर्जुन/arjun दीपिका/deepika "
            "संजय/sanjay काव्या/kavya मनोज/manoj नेहा/neha रोहित/rohit"
        ),
        _names(
            "शर्मा/sharma वर्मा/verma गुप्ता/gupta सिंह/singh पटेल/patel अय्यर/iyer जोशी/joshi मिश्रा/mishra "
            "रेड्डी/reddy चौधरी/chaudhary देशपांडे/deshpande नायर/nair"
        ),
    ),
    Locale(
        "zh-CN",
        "CN",
        "中国",
        "上海",
        "SHA-2",
        "200120",
        "世纪大道 88 号",
        "+86 21",
        _names(
            "小明/xiaoming 丽华/lihua 建国/jianguo 雪梅/xuemei 志强/zhiqiang 婷婷/tingting 浩然/haoran "
            "秀英/xiuying 子轩/zixuan 雨桐/yutong 国栋/guodong 静怡/jingyi"
        ),
        _names("王/wang 李/li 张/zhang 刘/liu 陈/chen 杨/yang 黄/huang 赵/zhao 周/zhou 吴/wu 徐/xu 欧阳/ouyang"),
        NO_SPACE,
    ),
    Locale(
        "ja-JP",
        "JP",
        "日本",
        "横浜",
        "YOK-1",
        "231-0002",
        "海岸通 3-9",
        "+81 45",
        _names(
            "陽子/yoko 健太/kenta 美咲/misaki 大輔/daisuke さくら/sakura 翔太/shota 由美/yumi 直樹/naoki "
            "葵/aoi 拓也/takuya 恵子/keiko リョウ/ryo"
        ),
        _names(
            "佐藤/sato 鈴木/suzuki 高橋/takahashi 田中/tanaka 渡辺/watanabe 伊藤/ito 山本/yamamoto 中村/nakamura "
            "小林/kobayashi 斎藤/saito 加藤/kato 吉田/yoshida"
        ),
        " ",
    ),
    Locale(
        "ko-KR",
        "KR",
        "대한민국",
        "부산",
        "PUS-1",
        "48943",
        "충장대로 206",
        "+82 51",
        _names(
            "민준/minjun 서연/seoyeon 지훈/jihoon 하은/haeun 도윤/doyun 수빈/subin 현우/hyunwoo 지민/jimin "
            "예준/yejun 유나/yuna 태형/taehyung 은지/eunji"
        ),
        _names("김/kim 이/lee 박/park 최/choi 정/jung 강/kang 조/cho 윤/yoon 장/jang 임/lim 한/han 남궁/namgung"),
        NO_SPACE,
    ),
    Locale(
        "pl-PL",
        "PL",
        "Polska",
        "Gdynia",
        "GDY-1",
        "81-339",
        "ul. Polska 15",
        "+48 58",
        _names(
            "Łukasz/lukasz Małgorzata/malgorzata Żaneta/zaneta Paweł/pawel Agnieszka Michał/michal Świętosława/"
            "swietoslawa Grzegorz Bożena/bozena Rafał/rafal Elżbieta/elzbieta Tomasz"
        ),
        _names(
            "Wiśniewski/wisniewski Wójcik/wojcik Zielińska/zielinska Dąbrowski/dabrowski Kozłowska/kozlowska "
            "Szymański/szymanski Źródłowski/zrodlowski Gąsior/gasior Piątek/piatek Król/krol Łuczak/luczak "
            "Żurawska/zurawska"
        ),
    ),
    Locale(
        "fr-FR",
        "FR",
        "France",
        "Le Havre",
        "LEH-1",
        "76600",
        "12 quai de Southampton",
        "+33 2",
        _names(
            "Zoé/zoe François/francois Hélène/helene Loïc/loic Maëlle/maelle Jérôme/jerome Océane/oceane Benoît/"
            "benoit Noémie/noemie Gaël/gael Chloé/chloe Stéphane/stephane"
        ),
        _names(
            "Lefèvre/lefevre Garçon/garcon D'Aubigné/daubigne Hervé/herve Pélissier/pelissier Châtelain/chatelain "
            "Béranger/beranger Tréguer/treguer Noël/noel Roussel Guérin/guerin Saint-Exupère/saint-exupere"
        ),
    ),
    Locale(
        "pt-BR",
        "BR",
        "Brasil",
        "Santos",
        "SSZ-1",
        "11010-000",
        "Rua do Comércio 55",
        "+55 13",
        _names(
            "João/joao Conceição/conceicao Antônio/antonio Luíza/luiza Caetano Inês/ines Zé/ze Mônica/monica "
            "Érico/erico Simão/simao Patrícia/patricia Raí/rai"
        ),
        _names(
            "Gonçalves/goncalves Araújo/araujo Conceiçãozinha/conceicaozinha Magalhães/magalhaes Simões/simoes "
            "Falcão/falcao Assunção/assuncao Guimarães/guimaraes Brandão/brandao Sampaio Tavares Queirós/queiros"
        ),
    ),
    Locale(
        "tr-TR",
        "TR",
        "Türkiye",
        "İzmir",
        "ADB-1",
        "35220",
        "Liman Caddesi 31",
        "+90 232",
        _names(
            "Ayşe/ayse Çağrı/cagri Gökçe/gokce İsmail/ismail Şule/sule Oğuz/oguz Işıl/isil Ümit/umit Ebru Barış/"
            "baris Yıldız/yildiz Kâmil/kamil"
        ),
        _names(
            "Yılmaz/yilmaz Öztürk/ozturk Şahin/sahin Çelik/celik Doğan/dogan Kılıç/kilic Güneş/gunes Aydın/aydin "
            "Erdoğmuş/erdogmus Işık/isik Koç/koc Ünal/unal"
        ),
    ),
    Locale(
        "nb-NO",
        "NO",
        "Norge",
        "Halden",
        "HAL-1",
        "1771",
        "Tyskabrygga 3",
        "+47 69",
        _names(
            "Åse/aase Bjørn/bjorn Sølvi/solvi Kåre/kaare Ingrid Øystein/oystein Synnøve/synnove Håkon/haakon "
            "Torbjørg/torbjorg Pål/paal Aud Gunnar"
        ),
        _names(
            "Ødegård/odegaard Sæther/saether Bråthen/braathen Hansen Nygård/nygaard Bjørnstad/bjornstad "
            "Fjeld Løken/loken Aasen Strøm/strom Kjærstad/kjaerstad Vågen/vaagen"
        ),
    ),
    Locale(
        "en-IE",
        "IE",
        "Ireland",
        "Cork",
        "ORK-1",
        "T12",
        "1 Custom House Quay",
        "+353 21",
        _names(
            "Siobhán/siobhan Aoife Seán/sean Ciarán/ciaran Niamh Róisín/roisin Declan Oisín/oisin Gráinne/grainne "
            "Fionn Maeve Eoghan"
        ),
        _names(
            "O'Brien/obrien Ní-Bhriain/ni-bhriain McCarthy/mccarthy O'Súilleabháin/osuilleabhain Fitzgerald Byrne "
            "Ó-Dálaigh/o-dalaigh Walsh Kavanagh Nolan Quirke Mac-Giolla/mac-giolla"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Name:
    locale: Locale
    given: str
    family: str
    display: str
    login: str  # given.family in Latin letters, with a number from the second bearer of the name on


def name(number: int, offset: int) -> Name:
    """The name of person `number`: neighbours come from different locales; no login occurs twice.

    Within a locale the person's number walks over all pairs of given and family names in an order that `offset` moves.
    """
    round_, at = divmod(number, len(LOCALES))
    locale = LOCALES[at]
    bearer, pair = divmod(round_, locale.people)
    family_at, given_at = divmod((pair * 31 + offset) % locale.people, len(locale.given))
    given, given_latin = locale.given[given_at]
    family, family_latin = locale.family[family_at]
    if locale.family_first:
        display = f"{family}{'' if locale.family_first == NO_SPACE else locale.family_first}{given}"
    else:
        display = f"{given} {family}"
    number_text = str(bearer + 1) if bearer else ""
    return Name(locale, given, family, display, f"{given_latin}.{family_latin}{number_text}")
