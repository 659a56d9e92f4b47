from pathlib import Path

import pytest

from bot.catalogue.fiches_xml import read_publication
from bot.errors import InvalidInput

NAMESPACE = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
FICHE = f"""<?xml version="1.0" encoding="UTF-8"?>
<Publication {NAMESPACE} ID="F77" type="Fiche d'information conditionnée"
  spUrl="https://www.service-public.gouv.fr/particuliers/vosdroits/F77">
<dc:title>Abri pour hérisson</dc:title><dc:description>Résumé.</dc:description><dc:date>modified 2026-02-03</dc:date>
<Theme ID="N1"><Titre>Logement</Titre></Theme><SousThemePere ID="N2">Jardin</SousThemePere>
<DossierPere ID="N3"><Titre>Animaux du jardin</Titre>
  <SousDossier ID="N3-1"><Titre>Petits abris</Titre><Fiche ID="F77">Abri</Fiche></SousDossier>
  <SousDossier ID="N3-2"><Titre>Grands abris</Titre><Fiche ID="F78">Écurie</Fiche></SousDossier></DossierPere>
<Introduction><Texte><Paragraphe>Un <LienInterne LienPublication="F78">abri</LienInterne> protège.</Paragraphe></Texte>
</Introduction>
<ListeSituations affichage="onglet"><Situation><Titre>Vous êtes propriétaire</Titre><Texte>
  <Chapitre><Titre><Paragraphe>Coût</Paragraphe></Titre>
    <Paragraphe>Il coûte <Valeur>12,50 €</Valeur>.</Paragraphe>
    <BlocCas affichage="radio"><Cas><Titre>Abri en bois</Titre><Liste type="puce">
      <Item><Paragraphe>Délai : 15 jours</Paragraphe></Item></Liste></Cas>
      <Cas><Titre>Abri en paille</Titre><BlocCas><Cas><Titre>Bottée</Titre>
      <Paragraphe>Interdit.</Paragraphe></Cas></BlocCas></Cas></BlocCas>
    <Tableau><Rangée><Cellule><Paragraphe>Taille</Paragraphe></Cellule>
      <Cellule><Paragraphe>Prix</Paragraphe></Cellule></Rangée></Tableau>
    <ANoter><Titre>À noter</Titre><Paragraphe>Laissez une porte.</Paragraphe></ANoter>
    <Inconnu><Paragraphe>Lu quand même.</Paragraphe></Inconnu>
  </Chapitre></Texte></Situation></ListeSituations>
<ServiceEnLigne ID="R5" URL="https://abri.example/"><Titre>Déclarer un abri</Titre></ServiceEnLigne>
</Publication>"""


def test_head_and_place_in_the_tree_are_read() -> None:
    fiche = read_publication(FICHE.encode())
    assert fiche is not None
    assert (fiche.id, fiche.title, fiche.date, fiche.theme) == ("F77", "Abri pour hérisson", "2026-02-03", "Logement")
    assert fiche.dossiers == ("Animaux du jardin",)
    assert fiche.rubrics == ("Jardin", "Petits abris")


def test_each_case_is_a_passage_with_its_situation() -> None:
    fiche = read_publication(FICHE.encode())
    assert fiche is not None
    texts = {passage.situation: passage.text for passage in fiche.passages}
    cost = "Vous êtes propriétaire > Coût"
    assert texts[f"{cost} > Abri en bois"] == "- Délai : 15 jours"
    assert texts[f"{cost} > Abri en paille > Bottée"] == "Interdit."
    assert texts[cost].split("\n") == [
        "Il coûte 12,50 €.",
        "Taille | Prix",
        "À noter :",
        "Laissez une porte.",
        "Lu quand même.",
    ]


def test_links_are_resolved_to_addresses() -> None:
    fiche = read_publication(FICHE.encode())
    assert fiche is not None
    introduction, online = fiche.passages[0], fiche.passages[-1]
    assert introduction.links == (("abri", "https://www.service-public.gouv.fr/particuliers/vosdroits/F78"),)
    assert fiche.targets == ("F78",)
    assert online.situation == "Services en ligne et formulaires"
    assert online.links == (("Déclarer un abri", "https://abri.example/"),)


def test_the_summary_stands_in_for_an_introduction() -> None:
    data = f'<Publication {NAMESPACE} ID="N5" type="Dossier"><dc:title>T</dc:title><dc:description>D</dc:description>'
    fiche = read_publication(f"{data}</Publication>".encode())
    assert fiche is not None
    assert fiche.passages[0].text == "D"


def test_a_resource_says_how_it_is_followed_up() -> None:
    data = f"""<ServiceComplementaire {NAMESPACE} ID="R9" type="Téléservice" URL="https://service.example/">
    <dc:title>Demande d'abri</dc:title><SuiviSelf><Texte><Chapitre><Titre>Délai</Titre>
    <Paragraphe>Deux mois.</Paragraphe></Chapitre></Texte></SuiviSelf></ServiceComplementaire>"""
    fiche = read_publication(data.encode())
    assert fiche is not None
    assert (fiche.url, fiche.passages[-1].situation, fiche.passages[-1].text) == (
        "https://service.example/",
        "Délai",
        "Deux mois.",
    )


@pytest.mark.parametrize("data", ["", "<a/>", f'<Publication {NAMESPACE} ID="F1"/>', "<Publication", "\x00", "{}"])
def test_what_is_no_publication_is_refused(data: str) -> None:
    with pytest.raises(InvalidInput):
        read_publication(data.encode())


def test_deeply_nested_xml_does_not_exhaust_the_stack() -> None:
    body = "<Chapitre>" * 200_000 + "</Chapitre>" * 200_000
    with pytest.raises(InvalidInput):
        read_publication(f'<Publication {NAMESPACE} ID="F1"><Texte>{body}</Texte></Publication>'.encode())


def test_real_publications_are_read_whole(shared_data: Path) -> None:
    for path in sorted((shared_data / "fiches-dila-schema" / "publications-xml").glob("F*.xml")):
        fiche = read_publication(path.read_bytes())
        assert fiche is not None
        assert fiche.id == path.stem
        assert fiche.dossiers
        assert all(passage.text for passage in fiche.passages)
    whole = {passage.situation: passage.text for passage in fiche.passages}
    assert "750 €" in whole["Sanction"]
