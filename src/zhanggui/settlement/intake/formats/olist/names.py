"""What Olist's codes are called, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_CATEGORIES_ZH: Final = {
    "agro_industria_e_comercio": "农业与农资",
    "alimentos": "食品",
    "alimentos_bebidas": "食品饮料",
    "artes": "艺术品",
    "artes_e_artesanato": "手工艺品",
    "artigos_de_festas": "派对用品",
    "artigos_de_natal": "圣诞用品",
    "audio": "音响",
    "automotivo": "汽车用品",
    "bebes": "母婴",
    "bebidas": "酒水饮料",
    "beleza_saude": "美妆与健康",
    "brinquedos": "玩具",
    "cama_mesa_banho": "床品与卫浴",
    "casa_conforto": "家居舒适",
    "casa_conforto_2": "家居舒适 2",
    "casa_construcao": "家居建材",
    "cds_dvds_musicais": "音乐 CD 与 DVD",
    "cine_foto": "摄影摄像",
    "climatizacao": "空调与暖通",
    "consoles_games": "游戏机与游戏",
    "construcao_ferramentas_construcao": "建筑工具",
    "construcao_ferramentas_ferramentas": "五金工具",
    "construcao_ferramentas_iluminacao": "照明工具",
    "construcao_ferramentas_jardim": "园艺工具",
    "construcao_ferramentas_seguranca": "安防工具",
    "cool_stuff": "新奇好物",
    "dvds_blu_ray": "DVD 与蓝光",
    "eletrodomesticos": "家用电器",
    "eletrodomesticos_2": "家用电器 2",
    "eletronicos": "电子产品",
    "eletroportateis": "小家电",
    "esporte_lazer": "运动休闲",
    "fashion_bolsas_e_acessorios": "箱包配饰",
    "fashion_calcados": "鞋靴",
    "fashion_esporte": "运动服饰",
    "fashion_roupa_feminina": "女装",
    "fashion_roupa_infanto_juvenil": "童装",
    "fashion_roupa_masculina": "男装",
    "fashion_underwear_e_moda_praia": "内衣与泳装",
    "ferramentas_jardim": "花园工具",
    "flores": "鲜花",
    "fraldas_higiene": "纸尿裤与卫生用品",
    "industria_comercio_e_negocios": "工商用品",
    "informatica_acessorios": "电脑配件",
    "instrumentos_musicais": "乐器",
    "la_cuisine": "精致厨房",
    "livros_importados": "进口图书",
    "livros_interesse_geral": "大众图书",
    "livros_tecnicos": "专业图书",
    "malas_acessorios": "行李箱配件",
    "market_place": "综合集市",
    "moveis_colchao_e_estofado": "床垫与软体家具",
    "moveis_cozinha_area_de_servico_jantar_e_jardim": "厨房餐厅与花园家具",
    "moveis_decoracao": "家具与装饰",
    "moveis_escritorio": "办公家具",
    "moveis_quarto": "卧室家具",
    "moveis_sala": "客厅家具",
    "musica": "音乐",
    "papelaria": "文具",
    "pc_gamer": "游戏电脑",
    "pcs": "电脑整机",
    "perfumaria": "香水",
    "pet_shop": "宠物用品",
    "portateis_casa_forno_e_cafe": "烤箱与咖啡小家电",
    "portateis_cozinha_e_preparadores_de_alimentos": "厨房料理小家电",
    "relogios_presentes": "钟表礼品",
    "seguros_e_servicos": "保险与服务",
    "sinalizacao_e_seguranca": "标识与安防",
    "tablets_impressao_imagem": "平板与打印",
    "telefonia": "手机通讯",
    "telefonia_fixa": "固定电话",
    "utilidades_domesticas": "家居日用",
}
#: Categories the published translation leaves out.
_CATEGORIES_EN: Final = {
    "pc_gamer": "Gaming PCs",
    "portateis_cozinha_e_preparadores_de_alimentos": "Portable kitchen appliances and food processors",
}
_STATES: Final = {
    "AC": ("阿克里州", "Acre"),
    "AL": ("阿拉戈斯州", "Alagoas"),
    "AM": ("亚马孙州", "Amazonas"),
    "AP": ("阿马帕州", "Amapá"),
    "BA": ("巴伊亚州", "Bahia"),
    "CE": ("塞阿拉州", "Ceará"),
    "DF": ("联邦区", "Distrito Federal"),
    "ES": ("圣埃斯皮里图州", "Espírito Santo"),
    "GO": ("戈亚斯州", "Goiás"),
    "MA": ("马拉尼昂州", "Maranhão"),
    "MG": ("米纳斯吉拉斯州", "Minas Gerais"),
    "MS": ("南马托格罗索州", "Mato Grosso do Sul"),
    "MT": ("马托格罗索州", "Mato Grosso"),
    "PA": ("帕拉州", "Pará"),
    "PB": ("帕拉伊巴州", "Paraíba"),
    "PE": ("伯南布哥州", "Pernambuco"),
    "PI": ("皮奥伊州", "Piauí"),
    "PR": ("巴拉那州", "Paraná"),
    "RJ": ("里约热内卢州", "Rio de Janeiro"),
    "RN": ("北里奥格兰德州", "Rio Grande do Norte"),
    "RO": ("朗多尼亚州", "Rondônia"),
    "RR": ("罗赖马州", "Roraima"),
    "RS": ("南里奥格兰德州", "Rio Grande do Sul"),
    "SC": ("圣卡塔琳娜州", "Santa Catarina"),
    "SE": ("塞尔希培州", "Sergipe"),
    "SP": ("圣保罗州", "São Paulo"),
    "TO": ("托坎廷斯州", "Tocantins"),
}
_METHODS: Final = {
    "boleto": ("银行付款单", "Boleto"),
    "credit_card": ("信用卡", "Credit card"),
    "debit_card": ("借记卡", "Debit card"),
    "not_defined": ("未定义", "Not defined"),
    "voucher": ("代金券", "Voucher"),
}


def category_names(code: str, english: str) -> Mapping[str, str]:
    """The category's names; `english` is the published translation, if there is one."""
    plain = (english or code).replace("_", " ").capitalize()
    return {"zh": _CATEGORIES_ZH.get(code, plain), "en": _CATEGORIES_EN.get(code, plain)}


def state_names(code: str) -> Mapping[str, str]:
    """The names of a Brazilian state by its two letters."""
    zh, en = _STATES.get(code, (code, code))
    return {"zh": zh, "en": en}


def method_names(code: str) -> Mapping[str, str]:
    """The names of a way to pay."""
    zh, en = _METHODS.get(code, (code, code))
    return {"zh": zh, "en": en}
