"""Words that the generator draws from: names of the origins that a French counter meets, streets, communes, months."""


def listed(words: str, separator: str = " ") -> list[str]:
    """Return the words of a text that separators or line breaks part."""
    return [word.strip() for word in words.strip().replace("\n", separator).split(separator) if word.strip()]


FIRST = listed(
    """
    Marie Jean Théo Léa Martin Jeanne Jean-Pierre Paul Karim Fatima Mohamed Aïcha Oumar Fatoumata Nolwenn
    Enguerrand Wassila Ghislaine Solène Maëlys Timéo Kylian Chloé Anaïs François Françoise Zoé Inès Noé Gaël Yann
    Maryvonne Josiane Bernadette Raymond Gérard Monique Sylvie Nathalie Christophe Stéphane Sébastien Aurélie
    Élodie Mickaël Jérémy Hervé Marie-Claude Anne-Sophie Jean-Baptiste Mamadou Aminata Ibrahima Youssef Khadija
    Samira Rachid Nadia Mehmet Ayşe Elif João Maria Luís Ana Giulia Marco Piotr Agnieszka Svetlana Dmitri Olena
    Wei Linh Minh Priya Arjun John Emma William Olivia Loane Ewen Titouan Abel Apolline Clémence Hugo Lucas
    Raphaël Gabriel Léo Louise Alice Manon Camille Juliette Romane Kenza Lina Adam Rayan Ismaël Sofia Yasmine
    Salomé Océane Bastien Corentin Gwenaëlle Sandrine Véronique Thierry Didier Pascal Ousmane Kadiatou Bintou
    Cheikh Tidiane Moussa Awa Rokia Amadou Djibril Assia Houria Zineb Hicham Otmane
    """
)
LAST = listed(
    """
    Durand|Dupont|LEFEVRE|Martin|Bernard|Petit|Moreau|Fournier|Girard|Bonnet|Lambert|Rousseau|Vincent|Muller|Faure
    Mercier|Blanc|Guérin|Boyer|Chevalier|François|Legrand|Gauthier|Perrin|Morin|Dumont|Noël|Meyer|Le Gall|Le Goff
    Da Silva|Ferreira|Garcia|Fernandez|Lopez|Benali|Ben Salah|El Amrani|Bouzid|Haddad|Traoré|Diallo|N'Diaye
    Coulibaly|Keïta|Nguyen|Tran|Kowalski|Popescu|Yılmaz|O'Brien|Smith|Johnson|Patel|de Villiers|d'Almeida
    Van den Berg|Saint-Martin|Bourdieu|Castaing|Etcheverry|Kervella|Quéméneur|Schmitt|Zimmermann|Paoli|Colonna
    Hoarau|Payet|Grondin|Célestin|Beauvallet|Desrosiers|Chauvet|Delahaye|Poulain|Marchand|Royer|Picard|Besson
    Camus|Hamel|Tessier|Prévost|Langlois|Renault
    """,
    "|",
)
STREETS = listed(
    """
    rue|rue|rue|avenue|av.|av|boulevard|bd|bld|chemin|impasse|allée|place|quai|route|square|rte|chem.|imp.|cours
    passage|sentier|ruelle|cité|résidence|villa|faubourg|all.|pl.|esplanade|traverse|montée
    """,
    "|",
)
PLACES = listed(
    """
    de la Paix|des Lilas|Victor Hugo|de la République|du Général de Gaulle|Jean Jaurès|Saint-Michel|des Écoles
    du 8 mai 1945|Pasteur|de l'Église|Jean-Baptiste Clément|du Moulin|d'Alsace|Pierre et Marie Curie|de Verdun
    Gambetta|du Docteur Roux|des Trois Fontaines|Sainte-Anne|Émile Zola|du Maréchal Foch|aux Loups|Marcel Sembat
    de Paris|du 11 novembre 1918|du Château d'Eau|Henri Barbusse|de l'Abbé Pierre|des Bleuets|Louise Michel
    du Pont Neuf
    """,
    "|",
)
COMMUNES = listed(
    """
    75002 Paris|69100 Villeurbanne|13100 Aix-en-Provence|59000 Lille|93200 Saint-Denis|33000 Bordeaux
    97400 Saint-Denis|35000 Rennes|06000 Nice|44800 Saint Herblain|76600 Le Havre|75019 Paris|94200 Ivry sur Seine
    80000 Amiens|17000 La Rochelle|2A000 Ajaccio|78000 VERSAILLES|31000 Toulouse cedex 5
    """,
    "|",
)
MONTHS = listed("janvier février mars avril mai juin juillet août septembre octobre novembre décembre")
ENGLISH = listed("January February March April May June July August September October November December")
