<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en">
<context>
    <name>guidino::ui::AboutDialog</name>
    <message>
        <source>About GuiDINO Workbench</source>
        <translation>Über GuiDINO Workbench</translation>
    </message>
    <message>
        <source>GuiDINO Workbench %1</source>
        <translation>GuiDINO Workbench %1</translation>
    </message>
    <message>
        <source>Research use only, not a medical device.</source>
        <translation>Nur für die Forschung, kein Medizinprodukt.</translation>
    </message>
    <message>
        <source>Shows where a segmentation model looks, what it would mark, and learns from your corrections. Everything happens on this computer: the program opens no network connection.

The source is under the Apache License 2.0. This program as a whole is under the GNU General Public License 3, because it contains Qt Charts. Weights of DINOv3 are not part of it and carry a licence of their own.</source>
        <translation>Zeigt, wohin ein Segmentierungsmodell schaut und was es markieren würde, und lernt aus Ihren Korrekturen. Alles geschieht auf diesem Rechner: Das Programm öffnet keine Netzwerkverbindung.

Der Quelltext steht unter der Apache-Lizenz 2.0. Das Programm als Ganzes steht unter der GNU General Public License 3, weil es Qt Charts enthält. Gewichte von DINOv3 gehören nicht dazu und haben eine eigene Lizenz.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>guidino::ui::AcceptGuard</name>
    <message>
        <source>distance %1, limit %2</source>
        <translation>Abstand %1, Grenze %2</translation>
    </message>
    <message>
        <source>Unlike the images that this model was trained on (%1)</source>
        <translation>Anders als die Bilder, mit denen dieses Modell trainiert wurde (%1)</translation>
    </message>
    <message>
        <source>Unlike the images that this model was trained on: %1 (%2)</source>
        <translation>Anders als die Bilder, mit denen dieses Modell trainiert wurde: %1 (%2)</translation>
    </message>
    <message>
        <source>Accept this prediction?</source>
        <translation>Diese Vorhersage übernehmen?</translation>
    </message>
    <message>
        <source>What it was measured on does not hold for such images. Look closely before you use it.</source>
        <translation>Was an ihm gemessen wurde, gilt für solche Bilder nicht. Sehen Sie genau hin, bevor Sie sie verwenden.</translation>
    </message>
    <message>
        <source>Accept all the same</source>
        <translation>Trotzdem übernehmen</translation>
    </message>
</context>
<context>
    <name>guidino::ui::AdjudicationController</name>
    <message>
        <source>The readers could not be compared.</source>
        <translation>Die Leser konnten nicht verglichen werden.</translation>
    </message>
    <message>
        <source>The two label maps cannot be compared.</source>
        <translation>Die beiden Labelkarten lassen sich nicht vergleichen.</translation>
    </message>
    <message>
        <source>The adjudication was not stored.</source>
        <translation>Die Schlichtung wurde nicht gespeichert.</translation>
    </message>
    <message>
        <source>Adjudicated</source>
        <translation>Geschlichtet</translation>
    </message>
    <message>
        <source>Choose an image first.</source>
        <translation>Zuerst ein Bild wählen.</translation>
    </message>
    <message>
        <source>A majority needs three readers; this image has labels of %1.</source>
        <translation>Eine Mehrheit braucht drei Leser; dieses Bild hat Labels von %1.</translation>
    </message>
    <message>
        <source>STAPLE needs two readers or more; this image has labels of %1.</source>
        <translation>STAPLE braucht mindestens zwei Leser; zu diesem Bild gibt es Labels von %1.</translation>
    </message>
    <message>
        <source>Majority of %1</source>
        <translation>Mehrheit von %1</translation>
    </message>
    <message>
        <source>STAPLE of %1</source>
        <translation>STAPLE von %1</translation>
    </message>
    <message>
        <source>%1 and %2 drew the same</source>
        <translation>%1 und %2 haben dasselbe gezeichnet</translation>
    </message>
</context>
<context>
    <name>guidino::ui::AdjudicationPage</name>
    <message>
        <source>Image with the labels of both readers</source>
        <translation>Bild mit den Labels beider Leser</translation>
    </message>
    <message>
        <source>Choose an image that both have read.</source>
        <translation>Wählen Sie ein Bild, das beide gelesen haben.</translation>
    </message>
    <message>
        <source>READERS COMPARED</source>
        <translation>LESER IM VERGLEICH</translation>
    </message>
    <message>
        <source>First reader</source>
        <translation>Erster Leser</translation>
    </message>
    <message>
        <source>Second reader</source>
        <translation>Zweiter Leser</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close (%1)</source>
        <translation>Schließen (%1)</translation>
    </message>
    <message>
        <source>Close the comparison</source>
        <translation>Den Vergleich schließen</translation>
    </message>
    <message>
        <source>Images that both have read</source>
        <translation>Bilder, die beide gelesen haben</translation>
    </message>
    <message>
        <source>Case</source>
        <translation>Fall</translation>
    </message>
    <message>
        <source>DSC</source>
        <translation>DSC</translation>
    </message>
    <message>
        <source>HD95 (px)</source>
        <translation>HD95 (px)</translation>
    </message>
    <message>
        <source>Judged</source>
        <translation>Beurteilt</translation>
    </message>
    <message>
        <source>Store as adjudicated</source>
        <translation>Als geschlichtet speichern</translation>
    </message>
    <message>
        <source>A new revision, accepted by you; nothing of the readers is changed</source>
        <translation>Eine neue Revision, von Ihnen angenommen; an denen der Leser ändert sich nichts</translation>
    </message>
    <message>
        <source>settled</source>
        <translation>geschlichtet</translation>
    </message>
    <message>
        <source>No image was read by both. Merge a reader&apos;s package, or read with another name.</source>
        <translation>Kein Bild wurde von beiden gelesen. Führen Sie das Paket eines Lesers zusammen oder lesen Sie unter einem anderen Namen.</translation>
    </message>
    <message>
        <source>%1 images by both · mean DSC %2 · mean HD95 %3 px · %4 to be settled</source>
        <translation>%1 Bilder von beiden · DSC im Mittel %2 · HD95 im Mittel %3 px · %4 zu schlichten</translation>
    </message>
    <message>
        <source>All from %1</source>
        <translation>Alles von %1</translation>
    </message>
    <message>
        <source>Bold cases are to be settled. Choose one.</source>
        <translation>Fette Fälle sind zu schlichten. Wählen Sie einen.</translation>
    </message>
    <message>
        <source>Majority of all readers</source>
        <translation>Mehrheit aller Leser</translation>
    </message>
    <message>
        <source>STAPLE of all readers</source>
        <translation>STAPLE aller Leser</translation>
    </message>
    <message>
        <source>Green: what most of %1 readers drew (%2). Click a place to pick instead.</source>
        <translation>Grün: was die meisten von %1 Lesern gezeichnet haben (%2). Stelle anklicken, um stattdessen selbst zu wählen.</translation>
    </message>
    <message>
        <source>%1: sensitivity %2, specificity %3</source>
        <translation>%1: Sensitivität %2, Spezifität %3</translation>
    </message>
    <message>
        <source>Green: the likeliest truth by STAPLE, which weighs readers by their agreement.
%1</source>
        <translation>Grün: die wahrscheinlichste Wahrheit nach STAPLE, das Leser nach ihrer Übereinstimmung gewichtet.
%1</translation>
    </message>
    <message>
        <source>Of %1. Shown in green; nothing is stored yet</source>
        <translation>Von %1. Grün dargestellt; noch ist nichts gespeichert</translation>
    </message>
    <message>
        <source>Store the majority</source>
        <translation>Mehrheit speichern</translation>
    </message>
    <message>
        <source>Store the STAPLE estimate</source>
        <translation>STAPLE-Schätzung speichern</translation>
    </message>
    <message>
        <source>Arrow keys go from place to place, Space takes the other reader&apos;s</source>
        <translation>Pfeiltasten gehen von Stelle zu Stelle, die Leertaste nimmt die des anderen Lesers</translation>
    </message>
    <message>
        <source>%1 places differ: %2 from %3, %4 from %5. Click a place to take the other reader&apos;s labels there (by keys: arrows and Space).</source>
        <translation>%1 Stellen unterscheiden sich: %2 von %3, %4 von %5. Klicken Sie auf eine Stelle, um dort die Labels des anderen Lesers zu nehmen (mit Tasten: Pfeile und Leertaste).</translation>
    </message>
    <message>
        <source>The project is open for reading only.</source>
        <translation>Das Projekt ist nur zum Lesen geöffnet.</translation>
    </message>
    <message>
        <source>All places as %1 drew them</source>
        <translation>Alle Stellen, wie %1 sie gezeichnet hat</translation>
    </message>
    <message>
        <source>Place %1 of %2, from %3</source>
        <translation>Stelle %1 von %2, von %3</translation>
    </message>
    <message>
        <source>TO BE SETTLED (%1)</source>
        <translation>ZU SCHLICHTEN (%1)</translation>
    </message>
    <message>
        <source>AGREED (%1)</source>
        <translation>ÜBEREINSTIMMEND (%1)</translation>
    </message>
    <message>
        <source>SETTLED (%1)</source>
        <translation>GESCHLICHTET (%1)</translation>
    </message>
    <message numerus="yes">
        <source>Settle %n agreed case(s)</source>
        <translation>
            <numerusform>%n übereinstimmenden Fall klären</numerusform>
            <numerusform>%n übereinstimmende Fälle klären</numerusform>
        </translation>
    </message>
    <message>
        <source>Both drew the same, each for themselves: stores it once, so that it can train</source>
        <translation>Beide haben unabhängig voneinander dasselbe gezeichnet: wird einmal gespeichert, damit damit trainiert werden kann</translation>
    </message>
    <message>
        <source>drawn differently</source>
        <translation>verschieden gezeichnet</translation>
    </message>
    <message>
        <source>agreed, not settled</source>
        <translation>übereinstimmend, nicht geschlichtet</translation>
    </message>
    <message>
        <source>agreed</source>
        <translation>übereinstimmend</translation>
    </message>
    <message>
        <source>Both drew the same.</source>
        <translation>Beide haben dasselbe gezeichnet.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::AdoptionGate</name>
    <message>
        <source>The model was not adopted.</source>
        <translation>Das Modell wurde nicht übernommen.</translation>
    </message>
    <message>
        <source>No labelled image is locked, so nothing shows whether this model is worse anywhere. Lock some images, or say why it is to be used all the same.</source>
        <translation>Kein gelabeltes Bild ist gesperrt, daher zeigt nichts, ob dieses Modell irgendwo schlechter ist. Einige Bilder sperren oder angeben, warum es trotzdem verwendet werden soll.</translation>
    </message>
    <message numerus="yes">
        <source>%n locked image(s) lose more than the limit of %1 DSC; the worst loses %2.</source>
        <translation>
            <numerusform>%n gesperrtes Bild verliert mehr als die Grenze von %1 DSC; das schlechteste verliert %2.</numerusform>
            <numerusform>%n gesperrte Bilder verlieren mehr als die Grenze von %1 DSC; das schlechteste verliert %2.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n locked image(s) could not be predicted, so it is not known whether they got worse.</source>
        <translation>
            <numerusform>%n gesperrtes Bild konnte nicht vorhergesagt werden; ob es schlechter wurde, ist daher nicht bekannt.</numerusform>
            <numerusform>%n gesperrte Bilder konnten nicht vorhergesagt werden; ob sie schlechter wurden, ist daher nicht bekannt.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The references of all %n locked image(s) began as predictions of these models: they cannot judge them. Draw some of them without a prediction, or say why the model is to be used all the same.</source>
        <translation>
            <numerusform>Die Referenz des %n gesperrten Bildes begann als Vorhersage dieser Modelle: Sie kann sie nicht beurteilen. Zeichnen Sie sie ohne Vorhersage, oder sagen Sie, warum das Modell trotzdem verwendet werden soll.</numerusform>
            <numerusform>Die Referenzen aller %n gesperrten Bilder begannen als Vorhersagen dieser Modelle: Sie können sie nicht beurteilen. Zeichnen Sie einige davon ohne Vorhersage, oder sagen Sie, warum das Modell trotzdem verwendet werden soll.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::AuditDialog</name>
    <message>
        <source>Audit trail</source>
        <translation>Prüfpfad</translation>
    </message>
    <message>
        <source>Decisions, the newest first</source>
        <translation>Entscheidungen, die neueste zuerst</translation>
    </message>
    <message>
        <source>Each decision carries the SHA-256 of itself and of the one before. Whoever changes or removes one breaks the chain. Taking a decision back adds a line; nothing is removed.</source>
        <translation>Jede Entscheidung trägt den SHA-256-Wert von sich und der vorigen. Wer eine ändert oder entfernt, bricht die Kette. Eine Rücknahme fügt eine Zeile hinzu; nichts wird entfernt.</translation>
    </message>
    <message>
        <source>Verify again</source>
        <translation>Erneut prüfen</translation>
    </message>
    <message>
        <source>Save as CSV…</source>
        <translation>Als CSV speichern …</translation>
    </message>
    <message>
        <source>With the time spent on each image</source>
        <translation>Mit der Zeit, die jedes Bild gebraucht hat</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>The chain is broken at decision %1: it was changed outside this program, and nothing from there on can be relied upon.</source>
        <translation>Die Kette ist bei Entscheidung %1 gebrochen: Sie wurde außerhalb dieses Programms geändert, und ab dort ist auf nichts Verlass.</translation>
    </message>
    <message>
        <source>Save the audit trail</source>
        <translation>Den Prüfpfad speichern</translation>
    </message>
    <message>
        <source>CSV (%1)</source>
        <translation>CSV (%1)</translation>
    </message>
    <message>
        <source>%1 could not be written: %2</source>
        <translation>%1 konnte nicht geschrieben werden: %2</translation>
    </message>
    <message numerus="yes">
        <source>The chain holds: %n line(s), none changed.</source>
        <translation>
            <numerusform>Die Kette hält: %n Zeile, nicht geändert.</numerusform>
            <numerusform>Die Kette hält: %n Zeilen, keine geändert.</numerusform>
        </translation>
    </message>
    <message>
        <source>The trail of models is broken at entry %1: it was changed outside this program, and nothing from there on can be relied upon.</source>
        <translation>Die Modellspur ist bei Eintrag %1 unterbrochen: Er wurde außerhalb dieses Programms verändert, und ab dort ist auf nichts mehr Verlass.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::AuditTrail</name>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Decision</source>
        <translation>Entscheidung</translation>
    </message>
    <message>
        <source>Reader</source>
        <translation>Leser</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Revision</source>
        <translation>Revision</translation>
    </message>
    <message>
        <source>Hash</source>
        <translation>Hash</translation>
    </message>
    <message>
        <source>Offered</source>
        <translation>Angeboten</translation>
    </message>
    <message>
        <source>Adopted</source>
        <translation>Übernommen</translation>
    </message>
    <message>
        <source>Adopted in place of %1</source>
        <translation>Übernommen anstelle von %1</translation>
    </message>
    <message>
        <source>Rolled back from %1</source>
        <translation>Zurückgenommen von %1</translation>
    </message>
    <message>
        <source>Put aside</source>
        <translation>Zurückgestellt</translation>
    </message>
    <message>
        <source>Offered again</source>
        <translation>Erneut angeboten</translation>
    </message>
    <message>
        <source>Judged on the locked images, with %1</source>
        <translation>Beurteilt an den gesperrten Bildern, mit %1</translation>
    </message>
    <message>
        <source>Case or model</source>
        <translation>Fall oder Modell</translation>
    </message>
</context>
<context>
    <name>guidino::ui::BackupsSheet</name>
    <message>
        <source>Backups</source>
        <translation>Sicherungen</translation>
    </message>
    <message>
        <source>Reading the backups of %1…</source>
        <translation>Die Sicherungen von %1 werden gelesen …</translation>
    </message>
    <message>
        <source>There are no backups yet. One is made each hour of work, and the last seven stay.</source>
        <translation>Es gibt noch keine Sicherungen. Jede Arbeitsstunde entsteht eine, und die letzten sieben bleiben.</translation>
    </message>
    <message>
        <source>The last seven verified backups of %1. Going back keeps the present state as a backup, too.</source>
        <translation>Die letzten sieben geprüften Sicherungen von %1. Beim Zurückgehen bleibt auch der jetzige Stand als Sicherung erhalten.</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n Bild</numerusform>
            <numerusform>%n Bilder</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n revision(s)</source>
        <translation>
            <numerusform>%n Revision</numerusform>
            <numerusform>%n Revisionen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n decision(s)</source>
        <translation>
            <numerusform>%n Entscheidung</numerusform>
            <numerusform>%n Entscheidungen</numerusform>
        </translation>
    </message>
    <message>
        <source>Go back to this…</source>
        <translation>Hierhin zurück …</translation>
    </message>
    <message>
        <source>Go back to this backup?</source>
        <translation>Zu dieser Sicherung zurückgehen?</translation>
    </message>
    <message>
        <source>The project becomes what it was then. Its present state is kept as a backup.</source>
        <translation>Das Projekt wird wieder, was es damals war. Sein jetziger Stand bleibt als Sicherung erhalten.</translation>
    </message>
    <message>
        <source>Go back</source>
        <translation>Zurückgehen</translation>
    </message>
    <message>
        <source>Back up now</source>
        <translation>Jetzt sichern</translation>
    </message>
    <message>
        <source>Copies the project&apos;s database as it is now, and checks it</source>
        <translation>Kopiert die Datenbank des Projekts, wie sie jetzt ist, und prüft sie</translation>
    </message>
</context>
<context>
    <name>guidino::ui::CanvasView</name>
    <message>
        <source>Image</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Guide</source>
        <translation>Guide</translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation>Vorhersage</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>Label</translation>
    </message>
    <message>
        <source>Where the model looks appears here.</source>
        <translation>Hier erscheint, wohin das Modell schaut.</translation>
    </message>
    <message>
        <source>What the model would mark appears here.</source>
        <translation>Hier erscheint, was das Modell markieren würde.</translation>
    </message>
    <message>
        <source>This model has no guide.</source>
        <translation>Dieses Modell hat keinen Guide.</translation>
    </message>
    <message>
        <source>%1 px</source>
        <translation>%1 px</translation>
    </message>
    <message>
        <source>%1 mm</source>
        <translation>%1 mm</translation>
    </message>
    <message>
        <source>image only</source>
        <translation>nur Bild</translation>
    </message>
    <message>
        <source>label</source>
        <translation>Label</translation>
    </message>
    <message>
        <source>prediction</source>
        <translation>Vorhersage</translation>
    </message>
    <message>
        <source>guide</source>
        <translation>Guide</translation>
    </message>
    <message>
        <source>|prediction − label|</source>
        <translation>|Vorhersage − Label|</translation>
    </message>
    <message>
        <source>probability</source>
        <translation>Wahrscheinlichkeit</translation>
    </message>
    <message>
        <source>|guide − prediction|</source>
        <translation>|Guide − Vorhersage|</translation>
    </message>
    <message>
        <source>Image × guide</source>
        <translation>Bild × Guide</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
</context>
<context>
    <name>guidino::ui::CaseStrip</name>
    <message>
        <source>Image</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>Label</translation>
    </message>
    <message>
        <source>Guide, %1</source>
        <translation>Guide, %1</translation>
    </message>
</context>
<context>
    <name>guidino::ui::CaseStripModel</name>
    <message>
        <source>could not be predicted</source>
        <translation>konnte nicht vorhergesagt werden</translation>
    </message>
    <message>
        <source>not predicted by both yet</source>
        <translation>noch nicht von beiden vorhergesagt</translation>
    </message>
    <message>
        <source>DSC %1 → %2 (%3)   HD95 %4 → %5 px</source>
        <translation>DSC %1 → %2 (%3)   HD95 %4 → %5 px</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ChartBoard</name>
    <message>
        <source>The curves appear with the first values of the training.</source>
        <translation>Die Kurven erscheinen mit den ersten Werten des Trainings.</translation>
    </message>
    <message>
        <source>&amp;Logarithmic</source>
        <translation>&amp;Logarithmisch</translation>
    </message>
    <message>
        <source>Values on a logarithmic axis; those not above 0 are left out</source>
        <translation>Werte auf logarithmischer Achse; Werte nicht über 0 entfallen</translation>
    </message>
    <message>
        <source>&amp;Events</source>
        <translation>&amp;Ereignisse</translation>
    </message>
    <message>
        <source>Best models, steps of the learning rate, pauses and ends on the charts</source>
        <translation>Beste Modelle, Stufen der Lernrate, Pausen und Enden in den Diagrammen</translation>
    </message>
    <message>
        <source>&amp;Whole run</source>
        <translation>&amp;Ganzer Lauf</translation>
    </message>
    <message>
        <source>Drag over a chart to zoom into a part of the run; Ctrl and the wheel zoom, too. This shows all of it again (double click, Home)</source>
        <translation>Ziehen über ein Diagramm vergrößert einen Teil des Laufs, ebenso Strg mit dem Mausrad. Dies zeigt wieder alles (Doppelklick, Pos1)</translation>
    </message>
    <message>
        <source>Charts as &amp;SVG…</source>
        <translation>Diagramme als &amp;SVG …</translation>
    </message>
    <message>
        <source>Charts as &amp;PNG…</source>
        <translation>Diagramme als &amp;PNG …</translation>
    </message>
    <message>
        <source>Values as &amp;CSV…</source>
        <translation>Werte als &amp;CSV…</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>Glättung</translation>
    </message>
    <message>
        <source>Smoothing of the curves</source>
        <translation>Glättung der Kurven</translation>
    </message>
    <message>
        <source>Exponential moving average; the values themselves stay as a faint line</source>
        <translation>Exponentiell gleitender Mittelwert; die Werte selbst bleiben als blasse Linie</translation>
    </message>
    <message>
        <source>Horizontal axis</source>
        <translation>Waagerechte Achse</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Charts as pictures, values as a table</source>
        <translation>Diagramme als Bilder, Werte als Tabelle</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>This chart as SVG…</source>
        <translation>Dieses Diagramm als SVG…</translation>
    </message>
    <message>
        <source>This chart as PNG…</source>
        <translation>Dieses Diagramm als PNG…</translation>
    </message>
    <message>
        <source>Values of this chart as CSV…</source>
        <translation>Werte dieses Diagramms als CSV …</translation>
    </message>
    <message>
        <source>Written: %1</source>
        <translation>Geschrieben: %1</translation>
    </message>
    <message>
        <source>The file was not written: %1</source>
        <translation>Die Datei wurde nicht geschrieben: %1</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ClassController</name>
    <message>
        <source>Open a project or a folder first.</source>
        <translation>Öffnen Sie zuerst ein Projekt oder einen Ordner.</translation>
    </message>
    <message>
        <source>The project is open for reading only.</source>
        <translation>Das Projekt ist nur zum Lesen geöffnet.</translation>
    </message>
    <message>
        <source>Labels are being changed.</source>
        <translation>Labels werden gerade geändert.</translation>
    </message>
    <message>
        <source>The class is locked. Unlock it first.</source>
        <translation>Die Klasse ist gesperrt. Entsperren Sie sie zuerst.</translation>
    </message>
    <message>
        <source>Class %1</source>
        <translation>Klasse %1</translation>
    </message>
    <message>
        <source>Some images keep their old labels.</source>
        <translation>Einige Bilder behalten ihre alten Labels.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ClassesSheet</name>
    <message>
        <source>Classes</source>
        <translation>Klassen</translation>
    </message>
    <message>
        <source>Add a class</source>
        <translation>Klasse hinzufügen</translation>
    </message>
    <message>
        <source>Merging, renumbering and deleting change the labels of all images. Save afterwards to write them.</source>
        <translation>Zusammenlegen, Umnummerieren und Löschen ändern die Labels aller Bilder. Speichern Sie danach, um sie zu schreiben.</translation>
    </message>
    <message numerus="yes">
        <source>Labels of %n image(s) changed.</source>
        <translation>
            <numerusform>Labels von %n Bild geändert.</numerusform>
            <numerusform>Labels von %n Bildern geändert.</numerusform>
        </translation>
    </message>
    <message>
        <source>Undo: %1</source>
        <translation>Rückgängig: %1</translation>
    </message>
    <message>
        <source>Nothing to undo</source>
        <translation>Nichts rückgängig zu machen</translation>
    </message>
    <message>
        <source>Redo: %1</source>
        <translation>Wiederholen: %1</translation>
    </message>
    <message>
        <source>Nothing to redo</source>
        <translation>Nichts zu wiederholen</translation>
    </message>
    <message>
        <source>Colour of %1</source>
        <translation>Farbe von %1</translation>
    </message>
    <message>
        <source>Name of class %1</source>
        <translation>Name der Klasse %1</translation>
    </message>
    <message>
        <source>%1 is locked: no tool changes it</source>
        <translation>%1 ist gesperrt: Kein Werkzeug ändert es</translation>
    </message>
    <message>
        <source>Lock %1 against all tools</source>
        <translation>%1 für alle Werkzeuge sperren</translation>
    </message>
    <message>
        <source>More about %1</source>
        <translation>Mehr zu %1</translation>
    </message>
    <message>
        <source>Merge into</source>
        <translation>Zusammenlegen mit</translation>
    </message>
    <message>
        <source>Give it another number…</source>
        <translation>Andere Nummer geben …</translation>
    </message>
    <message>
        <source>Number of the class in masks (1 to 254)</source>
        <translation>Nummer der Klasse in Masken (1 bis 254)</translation>
    </message>
    <message>
        <source>Delete, its pixels become background</source>
        <translation>Löschen, ihre Pixel werden Hintergrund</translation>
    </message>
</context>
<context>
    <name>guidino::ui::CommandPalette</name>
    <message>
        <source>Command palette</source>
        <translation>Befehlspalette</translation>
    </message>
    <message>
        <source>Type a command</source>
        <translation>Befehl eingeben</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>%1    %2</source>
        <translation>%1    %2</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ComparisonController</name>
    <message>
        <source>Open a project for writing first.</source>
        <translation>Öffnen Sie zuerst ein Projekt zum Schreiben.</translation>
    </message>
    <message>
        <source>Choose two models.</source>
        <translation>Zwei Modelle wählen.</translation>
    </message>
    <message>
        <source>The files of %1 are gone: %2</source>
        <translation>Die Dateien von %1 fehlen: %2</translation>
    </message>
    <message>
        <source>No labelled image is locked. Lock some in the fine-tuning sheet: they never train and show what a model is worth.</source>
        <translation>Kein gelabeltes Bild ist gesperrt. Einige im Blatt zur Feinabstimmung sperren: Sie trainieren nie und zeigen, was ein Modell wert ist.</translation>
    </message>
    <message>
        <source>No labelled image is set aside for validation.</source>
        <translation>Kein gelabeltes Bild ist für die Validierung zurückgelegt.</translation>
    </message>
    <message>
        <source>No image was corrected yet.</source>
        <translation>Noch wurde kein Bild korrigiert.</translation>
    </message>
    <message>
        <source>No image is labelled and saved yet.</source>
        <translation>Noch kein Bild ist gelabelt und gespeichert.</translation>
    </message>
    <message>
        <source>The models could not be compared.</source>
        <translation>Die Modelle konnten nicht verglichen werden.</translation>
    </message>
    <message>
        <source>%1 could not predict the images.</source>
        <translation>%1 konnte die Bilder nicht vorhersagen.</translation>
    </message>
    <message>
        <source>Comparing the models ran out of memory.</source>
        <translation>Beim Vergleich der Modelle ging der Speicher aus.</translation>
    </message>
    <message>
        <source>The predictions could not be written: the disk may be full.</source>
        <translation>Die Vorhersagen konnten nicht geschrieben werden: Der Datenträger ist vielleicht voll.</translation>
    </message>
    <message numerus="yes">
        <source>Comparison: %1 on %n image(s)</source>
        <translation>
            <numerusform>Vergleich: %1 auf %n Bild</numerusform>
            <numerusform>Vergleich: %1 auf %n Bildern</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::ComparisonTable</name>
    <message>
        <source>Its reference began as a prediction of one of these models or of one that it descends from.</source>
        <translation>Die Referenz begann als Vorhersage eines dieser Modelle oder eines Modells, von dem es abstammt.</translation>
    </message>
    <message>
        <source>Does not count: its reference began as a prediction of one of these models or of one that it descends from.</source>
        <translation>Zählt nicht: Die Referenz begann als Vorhersage eines dieser Modelle oder eines Modells, von dem es abstammt.</translation>
    </message>
    <message>
        <source>Could not be predicted or read.</source>
        <translation>Konnte nicht vorhergesagt oder gelesen werden.</translation>
    </message>
    <message>
        <source>%1 (left out)</source>
        <translation>%1 (ausgelassen)</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>DSC of %1 − DSC of %2: above 0 is better</source>
        <translation>DSC von %1 − DSC von %2: über 0 ist besser</translation>
    </message>
    <message>
        <source>HD95 of %1 − HD95 of %2, in pixels: below 0 is better</source>
        <translation>HD95 von %1 − HD95 von %2, in Pixeln: unter 0 ist besser</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>DSC A</source>
        <translation>DSC A</translation>
    </message>
    <message>
        <source>DSC B</source>
        <translation>DSC B</translation>
    </message>
    <message>
        <source>ΔDSC</source>
        <translation>ΔDSC</translation>
    </message>
    <message>
        <source>HD95 A</source>
        <translation>HD95 A</translation>
    </message>
    <message>
        <source>HD95 B</source>
        <translation>HD95 B</translation>
    </message>
    <message>
        <source>ΔHD95</source>
        <translation>ΔHD95</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ComparisonText</name>
    <message>
        <source>Locked images</source>
        <translation>Gesperrte Bilder</translation>
    </message>
    <message>
        <source>Validation images</source>
        <translation>Validierungsbilder</translation>
    </message>
    <message>
        <source>Corrected images</source>
        <translation>Korrigierte Bilder</translation>
    </message>
    <message>
        <source>All labelled images</source>
        <translation>Alle gelabelten Bilder</translation>
    </message>
    <message numerus="yes">
        <source>%n locked image(s)</source>
        <translation>
            <numerusform>%n gesperrtes Bild</numerusform>
            <numerusform>%n gesperrte Bilder</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n validation image(s)</source>
        <translation>
            <numerusform>%n Validierungsbild</numerusform>
            <numerusform>%n Validierungsbilder</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n corrected image(s)</source>
        <translation>
            <numerusform>%n korrigiertes Bild</numerusform>
            <numerusform>%n korrigierte Bilder</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n labelled image(s)</source>
        <translation>
            <numerusform>%n gelabeltes Bild</numerusform>
            <numerusform>%n gelabelte Bilder</numerusform>
        </translation>
    </message>
    <message>
        <source>No image is scored with both models yet.</source>
        <translation>Noch ist kein Bild mit beiden Modellen bewertet.</translation>
    </message>
    <message>
        <source>On %1 %2 has DSC %3 and %4 has %5: one image proves nothing.</source>
        <translation>Auf %1 hat %2 DSC %3 und %4 hat %5: Ein Bild beweist nichts.</translation>
    </message>
    <message>
        <source>On %1 no difference is shown: %2 is at %3 DSC against %4 (95 % interval %5 to %6).</source>
        <translation>Auf %1 zeigt sich kein Unterschied: %2 liegt bei %3 DSC gegenüber %4 (95-%-Intervall %5 bis %6).</translation>
    </message>
    <message>
        <source>On %1 %2 is better by %3 DSC (95 % interval %4 to %5).</source>
        <translation>%1: %2 ist um %3 DSC besser (95-%-Intervall %4 bis %5).</translation>
    </message>
    <message>
        <source>On %1 %2 is worse by %3 DSC (95 % interval %4 to %5).</source>
        <translation>Auf %1 ist %2 um %3 DSC schlechter (95-%-Intervall %4 bis %5).</translation>
    </message>
    <message>
        <source>p &lt; 0.001</source>
        <translation>p &lt; 0,001</translation>
    </message>
    <message>
        <source>p = %1</source>
        <translation>p = %1</translation>
    </message>
    <message>
        <source>All images score the same with both.</source>
        <translation>Alle Bilder erreichen mit beiden dieselben Werte.</translation>
    </message>
    <message>
        <source>Chance alone would bring such ranks in less than 1 of 100 such comparisons (Wilcoxon signed-rank test, %1).</source>
        <translation>Der Zufall allein brächte solche Ränge in weniger als 1 von 100 solchen Vergleichen (Wilcoxon-Vorzeichen-Rang-Test, %1).</translation>
    </message>
    <message>
        <source>Chance alone would bring such ranks in %1 of 100 such comparisons (Wilcoxon signed-rank test, %2).</source>
        <translation>Der Zufall allein brächte solche Ränge in %1 von 100 solchen Vergleichen (Wilcoxon-Vorzeichen-Rang-Test, %2).</translation>
    </message>
    <message>
        <source>Chance alone would bring such ranks in %1 of 100 such comparisons, so it may be chance (Wilcoxon signed-rank test, %2).</source>
        <translation>Der Zufall allein brächte solche Ränge in %1 von 100 solchen Vergleichen, es kann also Zufall sein (Wilcoxon-Vorzeichen-Rang-Test, %2).</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) left out: their references began as predictions of one of these models or of a model that it descends from, and would judge it by itself.</source>
        <translation>
            <numerusform>%n Bild ausgelassen: Die Referenz begann als Vorhersage eines dieser Modelle oder eines Modells, von dem es abstammt, und würde es an sich selbst messen.</numerusform>
            <numerusform>%n Bilder ausgelassen: Ihre Referenzen begannen als Vorhersagen eines dieser Modelle oder eines Modells, von dem es abstammt, und würden es an sich selbst messen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) without a score.</source>
        <translation>
            <numerusform>%n Bild ohne Bewertung.</numerusform>
            <numerusform>%n Bilder ohne Bewertung.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The locked images were looked at %n time(s). The more often models are chosen by them, the less they prove.</source>
        <translation>
            <numerusform>Die gesperrten Bilder wurden %n Mal angesehen. Je öfter Modelle nach ihnen gewählt werden, desto weniger beweisen sie.</numerusform>
            <numerusform>Die gesperrten Bilder wurden %n Mal angesehen. Je öfter Modelle nach ihnen gewählt werden, desto weniger beweisen sie.</numerusform>
        </translation>
    </message>
    <message>
        <source>Checkpoints are picked on validation images: they flatter a trained model a little.</source>
        <translation>Checkpoints werden anhand der Validierungsbilder gewählt: Diese schmeicheln einem trainierten Modell ein wenig.</translation>
    </message>
    <message>
        <source>Models may have trained on these images: this shows what they learnt, not what they are worth on new ones.</source>
        <translation>Modelle haben vielleicht mit diesen Bildern trainiert: Dies zeigt, was sie gelernt haben, nicht, was sie auf neuen wert sind.</translation>
    </message>
    <message>
        <source>None of these images can judge these models.</source>
        <translation>Keines dieser Bilder kann diese Modelle beurteilen.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::DashboardDesk</name>
    <message>
        <source>Training &amp;dashboard</source>
        <translation>Trainings-&amp;Dashboard</translation>
    </message>
    <message>
        <source>Curves, pinned cases, log and settings of trainings (%1)</source>
        <translation>Kurven, angeheftete Fälle, Protokoll und Einstellungen von Trainings (%1)</translation>
    </message>
</context>
<context>
    <name>guidino::ui::DashboardPage</name>
    <message>
        <source>No training has run yet. Its curves, pinned cases, log and settings will stand here while it runs and afterwards.</source>
        <translation>Noch kein Training ist gelaufen. Kurven, angeheftete Fälle, Protokoll und Einstellungen stehen hier, während es läuft und danach.</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Stop, keep the best</source>
        <translation>Anhalten, das beste behalten</translation>
    </message>
    <message>
        <source>Ends after this step; the best model so far stays</source>
        <translation>Endet nach diesem Schritt; das bisher beste Modell bleibt</translation>
    </message>
    <message>
        <source>Back to the images</source>
        <translation>Zurück zu den Bildern</translation>
    </message>
    <message>
        <source>Back to the images (Esc)</source>
        <translation>Zurück zu den Bildern (Esc)</translation>
    </message>
    <message>
        <source>Progress of the training</source>
        <translation>Fortschritt des Trainings</translation>
    </message>
    <message>
        <source>Curves</source>
        <translation>Kurven</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Training dashboard</source>
        <translation>Trainings-Dashboard</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>The training goes on where it was</source>
        <translation>Das Training geht dort weiter, wo es war</translation>
    </message>
    <message>
        <source>Pauses between two steps</source>
        <translation>Pausiert zwischen zwei Schritten</translation>
    </message>
    <message>
        <source>reading…</source>
        <translation>liest …</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>epoch %1 of %2</source>
        <translation>Epoche %1 von %2</translation>
    </message>
    <message>
        <source>epoch %1</source>
        <translation>Epoche %1</translation>
    </message>
    <message>
        <source>took %1</source>
        <translation>dauerte %1</translation>
    </message>
    <message numerus="yes">
        <source>%n session(s)</source>
        <translation>
            <numerusform>%n Sitzung</numerusform>
            <numerusform>%n Sitzungen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n damaged line(s) passed over</source>
        <translation>
            <numerusform>%n beschädigte Zeile übergangen</numerusform>
            <numerusform>%n beschädigte Zeilen übergangen</numerusform>
        </translation>
    </message>
    <message>
        <source>The training ends after this step.</source>
        <translation>Das Training endet nach diesem Schritt.</translation>
    </message>
    <message>
        <source>The training goes on.</source>
        <translation>Das Training geht weiter.</translation>
    </message>
    <message>
        <source>The training pauses after this step.</source>
        <translation>Das Training pausiert nach diesem Schritt.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::DatasetController</name>
    <message>
        <source>%1 could not be read.</source>
        <translation>%1 konnte nicht gelesen werden.</translation>
    </message>
    <message>
        <source>The mask of %1 was left out.</source>
        <translation>Die Maske von %1 wurde ausgelassen.</translation>
    </message>
    <message>
        <source>Class %1</source>
        <translation>Klasse %1</translation>
    </message>
    <message>
        <source>The mask was not saved; your labels are kept.</source>
        <translation>Die Maske wurde nicht gespeichert; Ihre Labels sind gesichert.</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) of this folder cannot be used.</source>
        <translation>
            <numerusform>%n Datei dieses Ordners ist nicht verwendbar.</numerusform>
            <numerusform>%n Dateien dieses Ordners sind nicht verwendbar.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) are not where they were.</source>
        <translation>
            <numerusform>%n Bild ist nicht mehr an seinem Ort.</numerusform>
            <numerusform>%n Bilder sind nicht mehr an ihrem Ort.</numerusform>
        </translation>
    </message>
    <message>
        <source>They stay in the list; what was drawn and decided is kept.</source>
        <translation>Sie bleiben in der Liste; was gezeichnet und entschieden wurde, bleibt erhalten.</translation>
    </message>
    <message>
        <source>This project was changed elsewhere. What was done here and not written back is kept as a backup.</source>
        <translation>Dieses Projekt wurde anderswo geändert. Was hier geschah und nicht zurückgeschrieben wurde, bleibt als Sicherung erhalten.</translation>
    </message>
    <message>
        <source>Open for reading only: nothing can be painted or decided.</source>
        <translation>Nur zum Lesen geöffnet: Nichts kann gemalt oder entschieden werden.</translation>
    </message>
    <message numerus="yes">
        <source>The program ended unexpectedly. Unsaved labels of %n image(s) came back.</source>
        <translation>
            <numerusform>Das Programm endete unerwartet. Ungespeicherte Labels von %n Bild sind zurück.</numerusform>
            <numerusform>Das Programm endete unerwartet. Ungespeicherte Labels von %n Bildern sind zurück.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Unsaved labels of %n image(s) from an earlier session are back.</source>
        <translation>
            <numerusform>Ungespeicherte Labels von %n Bild aus einer früheren Sitzung sind zurück.</numerusform>
            <numerusform>Ungespeicherte Labels von %n Bildern aus einer früheren Sitzung sind zurück.</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 is not where it was.</source>
        <translation>%1 ist nicht mehr an seinem Ort.</translation>
    </message>
    <message>
        <source>The project&apos;s folder cannot be written to. It is open for reading only: nothing can be painted or decided. Copy the folder to work on it.</source>
        <translation>In den Ordner des Projekts kann nicht geschrieben werden. Es ist nur zum Lesen geöffnet: Nichts kann gemalt oder entschieden werden. Kopieren Sie den Ordner, um daran zu arbeiten.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::DisplayPanel</name>
    <message>
        <source>Inverted</source>
        <translation>Umgekehrt</translation>
    </message>
    <message>
        <source>Keep for the next image</source>
        <translation>Für das nächste Bild beibehalten</translation>
    </message>
    <message>
        <source>all colours</source>
        <translation>alle Farben</translation>
    </message>
    <message>
        <source>red</source>
        <translation>Rot</translation>
    </message>
    <message>
        <source>green</source>
        <translation>Grün</translation>
    </message>
    <message>
        <source>blue</source>
        <translation>Blau</translation>
    </message>
    <message>
        <source>luminance</source>
        <translation>Helligkeit</translation>
    </message>
    <message>
        <source>Channel</source>
        <translation>Kanal</translation>
    </message>
    <message>
        <source>Which part of the colours is shown</source>
        <translation>Welcher Teil der Farben gezeigt wird</translation>
    </message>
    <message>
        <source>Black at</source>
        <translation>Schwarz bei</translation>
    </message>
    <message>
        <source>Values up to here are black</source>
        <translation>Werte bis hier sind schwarz</translation>
    </message>
    <message>
        <source>White at</source>
        <translation>Weiß bei</translation>
    </message>
    <message>
        <source>Values from here on are white</source>
        <translation>Werte ab hier sind weiß</translation>
    </message>
    <message>
        <source>Gamma</source>
        <translation>Gamma</translation>
    </message>
    <message>
        <source>To the right: dark parts lighter</source>
        <translation>Nach rechts: dunkle Teile heller</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>From the darkest to the lightest hundredth of the image</source>
        <translation>Vom dunkelsten bis zum hellsten Hundertstel des Bildes</translation>
    </message>
    <message>
        <source>As stored</source>
        <translation>Wie gespeichert</translation>
    </message>
</context>
<context>
    <name>guidino::ui::EditController</name>
    <message>
        <source>Open an image first.</source>
        <translation>Öffnen Sie zuerst ein Bild.</translation>
    </message>
    <message>
        <source>Choose a class first: the background cannot be cleaned up.</source>
        <translation>Wählen Sie zuerst eine Klasse: Der Hintergrund lässt sich nicht bereinigen.</translation>
    </message>
    <message>
        <source>The class is locked (Ctrl+L).</source>
        <translation>Die Klasse ist gesperrt (Strg+L).</translation>
    </message>
    <message>
        <source>Run the model first (R).</source>
        <translation>Erst das Modell ausführen (R).</translation>
    </message>
    <message>
        <source>The prediction was taken or dropped already.</source>
        <translation>Die Vorhersage wurde schon übernommen oder verworfen.</translation>
    </message>
    <message>
        <source>There is nothing to interpolate between.</source>
        <translation>Es gibt nichts, wozwischen interpoliert werden könnte.</translation>
    </message>
    <message>
        <source>The labels of the images before and after this one do not have the class %1.</source>
        <translation>Die Labels der Bilder vor und nach diesem haben die Klasse %1 nicht.</translation>
    </message>
    <message>
        <source>An image before and one after this one, of the same size and case, must have the class.</source>
        <translation>Ein Bild vor und eines nach diesem, von derselben Größe und demselben Fall, müssen die Klasse haben.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ExportDialog</name>
    <message>
        <source>Masks at native size</source>
        <translation>Masken in Originalgröße</translation>
    </message>
    <message>
        <source>Images as PNG, redacted, without EXIF</source>
        <translation>Bilder als PNG, geschwärzt, ohne EXIF</translation>
    </message>
    <message>
        <source>Metric report (HTML, CSV, JSON)</source>
        <translation>Metrikbericht (HTML, CSV, JSON)</translation>
    </message>
    <message>
        <source>Report as PDF, too</source>
        <translation>Bericht auch als PDF</translation>
    </message>
    <message>
        <source>Real file names and the project&apos;s name</source>
        <translation>Echte Dateinamen und der Name des Projekts</translation>
    </message>
    <message>
        <source>Folder to write to</source>
        <translation>Ordner, in den geschrieben wird</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Show the folder</source>
        <translation>Den Ordner zeigen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>All images of the project</source>
        <translation>Alle Bilder des Projekts</translation>
    </message>
    <message>
        <source>The shown image only</source>
        <translation>Nur das gezeigte Bild</translation>
    </message>
    <message>
        <source>Images to export</source>
        <translation>Bilder zum Exportieren</translation>
    </message>
    <message>
        <source>References (accepted or drawn)</source>
        <translation>Referenzen (angenommen oder gezeichnet)</translation>
    </message>
    <message>
        <source>Predictions</source>
        <translation>Vorhersagen</translation>
    </message>
    <message>
        <source>Which labels become masks</source>
        <translation>Welche Labels zu Masken werden</translation>
    </message>
    <message>
        <source>0 and 255 (a file per class)</source>
        <translation>0 und 255 (eine Datei je Klasse)</translation>
    </message>
    <message>
        <source>Indexed, with the classes&apos; colours</source>
        <translation>Indiziert, mit den Farben der Klassen</translation>
    </message>
    <message>
        <source>Form of the masks</source>
        <translation>Form der Masken</translation>
    </message>
    <message>
        <source>Predictions against references</source>
        <translation>Vorhersagen gegen Referenzen</translation>
    </message>
    <message>
        <source>What the report compares</source>
        <translation>Was der Bericht vergleicht</translation>
    </message>
    <message>
        <source>%1 against %2</source>
        <translation>%1 gegen %2</translation>
    </message>
    <message>
        <source>Pictures of the worst cases</source>
        <translation>Bilder der schlechtesten Fälle</translation>
    </message>
    <message>
        <source>Off: images are called by pseudonyms such as case-0012</source>
        <translation>Aus: Bilder tragen Pseudonyme wie case-0012</translation>
    </message>
    <message>
        <source>Progress of the export</source>
        <translation>Fortschritt des Exports</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>Labels</translation>
    </message>
    <message>
        <source>Form</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>Compares</source>
        <translation>Vergleicht</translation>
    </message>
    <message>
        <source>Pictures of the worst</source>
        <translation>Bilder der schlechtesten</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Redacted regions are black in everything. Reports say &quot;Research use only, not a medical device&quot;.</source>
        <translation>Geschwärzte Bereiche sind überall schwarz. Berichte tragen „Nur für die Forschung, kein Medizinprodukt“.</translation>
    </message>
    <message numerus="yes">
        <source>%n mask(s)</source>
        <translation>
            <numerusform>%n Maske</numerusform>
            <numerusform>%n Masken</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n Bild</numerusform>
            <numerusform>%n Bilder</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>a report on %n image(s)</source>
        <translation>
            <numerusform>ein Bericht über %n Bild</numerusform>
            <numerusform>ein Bericht über %n Bilder</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing would be written.</source>
        <translation>Nichts würde geschrieben.</translation>
    </message>
    <message>
        <source>Would write: %1.</source>
        <translation>Würde schreiben: %1.</translation>
    </message>
    <message>
        <source>%1 × %2</source>
        <translation>%1 × %2</translation>
    </message>
    <message>
        <source>Left out: %1.</source>
        <translation>Ausgelassen: %1.</translation>
    </message>
    <message>
        <source>Cancelled; nothing was written.</source>
        <translation>Abgebrochen; nichts wurde geschrieben.</translation>
    </message>
    <message>
        <source>Nothing was exported. %1</source>
        <translation>Nichts wurde exportiert. %1</translation>
    </message>
    <message>
        <source>Written: %1</source>
        <translation>Geschrieben: %1</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Name a folder first</source>
        <translation>Nennen Sie zuerst einen Ordner</translation>
    </message>
    <message>
        <source>The folder is not empty; nothing is overwritten</source>
        <translation>Der Ordner ist nicht leer; nichts wird überschrieben</translation>
    </message>
    <message>
        <source>Choose something to export</source>
        <translation>Wählen Sie etwas zum Exportieren</translation>
    </message>
    <message>
        <source>Also images whose label came from the judged model</source>
        <translation>Auch Bilder, deren Label vom beurteilten Modell stammt</translation>
    </message>
    <message>
        <source>Off: a model is not judged by labels that began as its own predictions, or as those of a model that it descends from; how many were left out is said</source>
        <translation>Aus: Ein Modell wird nicht an Labels gemessen, die als seine eigenen Vorhersagen begannen oder als die eines Modells, von dem es abstammt; wie viele ausgelassen wurden, wird angegeben</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ExportText</name>
    <message>
        <source>the readers disagree, and nobody has decided between them</source>
        <translation>die Leser sind uneins, und niemand hat zwischen ihnen entschieden</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>unsure</source>
        <translation>unsicher</translation>
    </message>
    <message>
        <source>edited since it was rejected, and not judged again</source>
        <translation>seit der Ablehnung bearbeitet und nicht neu beurteilt</translation>
    </message>
    <message>
        <source>no label</source>
        <translation>kein Label</translation>
    </message>
    <message>
        <source>no prediction</source>
        <translation>keine Vorhersage</translation>
    </message>
    <message>
        <source>not read by both</source>
        <translation>nicht von beiden gelesen</translation>
    </message>
    <message>
        <source>prediction</source>
        <translation>Vorhersage</translation>
    </message>
    <message>
        <source>the image file cannot be read</source>
        <translation>die Bilddatei kann nicht gelesen werden</translation>
    </message>
    <message>
        <source>the label maps have different sizes</source>
        <translation>die Labelkarten haben verschiedene Größen</translation>
    </message>
    <message>
        <source>its reference began as a prediction of this model or of one that it descends from</source>
        <translation>die Referenz begann als Vorhersage dieses Modells oder eines Modells, von dem es abstammt</translation>
    </message>
</context>
<context>
    <name>guidino::ui::Filmstrip</name>
    <message>
        <source>Here the pinned cases form, epoch by epoch: prediction and reference outlined on the image, and the guide. The first pictures come with the first validation.</source>
        <translation>Hier entstehen die angehefteten Fälle, Epoche für Epoche: Vorhersage und Referenz als Umriss auf dem Bild, dazu der Guide. Die ersten Bilder kommen mit der ersten Validierung.</translation>
    </message>
    <message>
        <source>Pin other cases…</source>
        <translation>Andere Fälle anheften…</translation>
    </message>
    <message>
        <source>Pinned cases by epoch</source>
        <translation>Angeheftete Fälle nach Epoche</translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation>Epoche</translation>
    </message>
    <message>
        <source>Epoch of the pictures: left and right, Home and End, space plays</source>
        <translation>Epoche der Bilder: links und rechts, Pos1 und Ende, Leertaste spielt ab</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Other validation images, from the next validation on</source>
        <translation>Andere Validierungsbilder, ab der nächsten Validierung</translation>
    </message>
    <message>
        <source>Pinned cases</source>
        <translation>Angeheftete Fälle</translation>
    </message>
    <message>
        <source>Thin white line: reference. Line in the class&apos;s colour: prediction. Right: guide.</source>
        <translation>Dünne weiße Linie: Referenz. Linie in der Farbe der Klasse: Vorhersage. Rechts: Guide.</translation>
    </message>
    <message>
        <source>Epoch %1 of %2</source>
        <translation>Epoche %1 von %2</translation>
    </message>
    <message>
        <source>Epoch %1</source>
        <translation>Epoche %1</translation>
    </message>
    <message>
        <source>DSC %1</source>
        <translation>DSC %1</translation>
    </message>
    <message>
        <source>IoU %1</source>
        <translation>IoU %1</translation>
    </message>
    <message>
        <source>HD95 %1 px</source>
        <translation>HD95 %1 px</translation>
    </message>
    <message>
        <source>Pinned later: no picture of this epoch.</source>
        <translation>Später angeheftet: kein Bild aus dieser Epoche.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
</context>
<context>
    <name>guidino::ui::FineTuneController</name>
    <message>
        <source>The program guidino was not found beside this one.</source>
        <translation>Das Programm guidino wurde neben diesem nicht gefunden.</translation>
    </message>
    <message>
        <source>A training is running.</source>
        <translation>Ein Training läuft.</translation>
    </message>
    <message>
        <source>Open a folder of images first.</source>
        <translation>Zuerst einen Ordner mit Bildern öffnen.</translation>
    </message>
    <message>
        <source>This project is open for reading only.</source>
        <translation>Dieses Projekt ist nur zum Lesen geöffnet.</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) a step</source>
        <translation>
            <numerusform>%n Bild je Schritt</numerusform>
            <numerusform>%n Bilder je Schritt</numerusform>
        </translation>
    </message>
    <message>
        <source>images of %1 pixels</source>
        <translation>Bilder mit %1 Pixeln</translation>
    </message>
    <message>
        <source>train on %1</source>
        <translation>auf %1 trainieren</translation>
    </message>
    <message>
        <source>The training could not start.</source>
        <translation>Das Training konnte nicht beginnen.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::FineTunePlan</name>
    <message numerus="yes">
        <source>Label at least %n image(s) first.</source>
        <translation>
            <numerusform>Zuerst mindestens %n Bild labeln.</numerusform>
            <numerusform>Zuerst mindestens %n Bilder labeln.</numerusform>
        </translation>
    </message>
    <message>
        <source>All labelled images are held out: label images that are not locked.</source>
        <translation>Alle gelabelten Bilder sind zurückgehalten: Bilder labeln, die nicht gesperrt sind.</translation>
    </message>
    <message>
        <source>All labelled images are of one group, so none is left to choose the best model by: label an image of another group.</source>
        <translation>Alle gelabelten Bilder gehören zu einer Gruppe, daher bleibt keines, um das beste Modell zu wählen: ein Bild einer anderen Gruppe labeln.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::FineTuneSheet</name>
    <message>
        <source>TokenBook only</source>
        <translation>Nur TokenBook</translation>
    </message>
    <message>
        <source>TokenBook and decoder</source>
        <translation>TokenBook und Decoder</translation>
    </message>
    <message>
        <source>TokenBook and whole network</source>
        <translation>TokenBook und ganzes Netz</translation>
    </message>
    <message>
        <source>… and adapters (LoRA) in the ViT</source>
        <translation>… und Adapter (LoRA) im ViT</translation>
    </message>
    <message>
        <source>Everything, the ViT too</source>
        <translation>Alles, auch das ViT</translation>
    </message>
    <message>
        <source>Where the model looks, not how it segments: fast and hard to spoil. For corrected guides.</source>
        <translation>Wohin das Modell schaut, nicht wie es segmentiert: schnell und kaum zu verderben. Für korrigierte Guides.</translation>
    </message>
    <message>
        <source>How features become a mask; the features stay as they are.</source>
        <translation>Wie aus Merkmalen eine Maske wird; die Merkmale bleiben, wie sie sind.</translation>
    </message>
    <message>
        <source>All but the ViT: learns most from a few dozen masks.</source>
        <translation>Alles außer dem ViT: lernt am meisten aus einigen Dutzend Masken.</translation>
    </message>
    <message>
        <source>A few weights more, inside the ViT; takes memory and time.</source>
        <translation>Einige Gewichte mehr, im ViT; kostet Speicher und Zeit.</translation>
    </message>
    <message>
        <source>For hundreds of masks and a large GPU.</source>
        <translation>Für Hunderte Masken und eine große GPU.</translation>
    </message>
    <message>
        <source>Quick</source>
        <translation>Schnell</translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation>Ausgewogen</translation>
    </message>
    <message>
        <source>Thorough</source>
        <translation>Gründlich</translation>
    </message>
    <message>
        <source>%1 (not here)</source>
        <translation>%1 (nicht vorhanden)</translation>
    </message>
    <message>
        <source>Fine-tune</source>
        <translation>Feinabstimmen</translation>
    </message>
    <message>
        <source>How to add weights…</source>
        <translation>Gewichte hinzufügen: So geht es…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Do not try it out</source>
        <translation>Nicht ausprobieren</translation>
    </message>
    <message>
        <source>Start fine-tuning</source>
        <translation>Feinabstimmung starten</translation>
    </message>
    <message>
        <source>Learn from corrected guides</source>
        <translation>Aus korrigierten Guides lernen</translation>
    </message>
    <message>
        <source>What the training learns from</source>
        <translation>Woraus das Training lernt</translation>
    </message>
    <message>
        <source>START FROM</source>
        <translation>AUSGANGSMODELL</translation>
    </message>
    <message>
        <source>Model to start from</source>
        <translation>Ausgangsmodell</translation>
    </message>
    <message>
        <source>WHAT CHANGES</source>
        <translation>WAS SICH ÄNDERT</translation>
    </message>
    <message>
        <source>HOW LONG</source>
        <translation>WIE LANGE</translation>
    </message>
    <message>
        <source>ON THIS COMPUTER</source>
        <translation>AUF DIESEM RECHNER</translation>
    </message>
    <message>
        <source>Memory and time of this training</source>
        <translation>Speicher und Dauer dieses Trainings</translation>
    </message>
    <message>
        <source>Two steps are being tried</source>
        <translation>Zwei Schritte werden probiert</translation>
    </message>
    <message>
        <source>More settings</source>
        <translation>Weitere Einstellungen</translation>
    </message>
    <message>
        <source>How often the training sees each image</source>
        <translation>Wie oft das Training jedes Bild sieht</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>Epochen</translation>
    </message>
    <message>
        <source>As the model was trained</source>
        <translation>Wie das Modell trainiert wurde</translation>
    </message>
    <message>
        <source>GuiDINO&apos;s</source>
        <translation>Wie GuiDINO</translation>
    </message>
    <message>
        <source>nnU-Net&apos;s</source>
        <translation>von nnU-Net</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>Augmentation</source>
        <translation>Augmentierung</translation>
    </message>
    <message>
        <source>How much a painted place counts, against one that the mask says</source>
        <translation>Wie viel eine gemalte Stelle zählt, verglichen mit einer aus der Maske</translation>
    </message>
    <message>
        <source>Weight of painted places</source>
        <translation>Gewicht der bemalten Stellen</translation>
    </message>
    <message>
        <source> px</source>
        <translation> px</translation>
    </message>
    <message>
        <source>Image size</source>
        <translation>Bildgröße</translation>
    </message>
    <message>
        <source>Images a step</source>
        <translation>Bilder pro Schritt</translation>
    </message>
    <message>
        <source>as the recipe says</source>
        <translation>wie im Rezept</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>Lernrate</translation>
    </message>
    <message>
        <source>Best that is there</source>
        <translation>Das beste vorhandene</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>Prozessor</translation>
    </message>
    <message>
        <source>Graphics card</source>
        <translation>Grafikkarte</translation>
    </message>
    <message>
        <source>Compute on</source>
        <translation>Rechnen auf</translation>
    </message>
    <message numerus="yes">
        <source>%n corrected guide(s)</source>
        <translation>
            <numerusform>%n korrigierter Guide</numerusform>
            <numerusform>%n korrigierte Guides</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n corrected mask(s)</source>
        <translation>
            <numerusform>%n korrigierte Maske</numerusform>
            <numerusform>%n korrigierte Masken</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n mask(s) as imported</source>
        <translation>
            <numerusform>%n Maske wie importiert</numerusform>
            <numerusform>%n Masken wie importiert</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n held-out locked</source>
        <translation>
            <numerusform>%n gesperrtes zurückgehalten</numerusform>
            <numerusform>%n gesperrte zurückgehalten</numerusform>
        </translation>
    </message>
    <message>
        <source>No labelled images yet</source>
        <translation>Noch keine gelabelten Bilder</translation>
    </message>
    <message numerus="yes">
        <source>The best checkpoint is chosen by %n validation image(s) alone.</source>
        <translation>
            <numerusform>Den besten Checkpoint bestimmt allein %n Validierungsbild.</numerusform>
            <numerusform>Den besten Checkpoint bestimmen allein %n Validierungsbilder.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Locked cases never train; they were looked at %n time(s).</source>
        <translation>
            <numerusform>Gesperrte Fälle werden nie trainiert; sie wurden %n-mal angesehen.</numerusform>
            <numerusform>Gesperrte Fälle werden nie trainiert; sie wurden %n-mal angesehen.</numerusform>
        </translation>
    </message>
    <message>
        <source>Locked cases never train; nobody has looked at them yet.</source>
        <translation>Gesperrte Fälle trainieren nie; noch hat sie niemand angesehen.</translation>
    </message>
    <message numerus="yes">
        <source>Of these, %n are drawn by chance now, group by group, and stay so.</source>
        <translation>
            <numerusform>Davon wird %n jetzt zufällig gezogen, Gruppe für Gruppe, und bleibt es.</numerusform>
            <numerusform>Davon werden %n jetzt zufällig gezogen, Gruppe für Gruppe, und bleiben es.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n rejected, unsure or contested image(s) are left out.</source>
        <translation>
            <numerusform>%n abgelehntes, unsicheres oder strittiges Bild wird ausgelassen.</numerusform>
            <numerusform>%n abgelehnte, unsichere oder strittige Bilder werden ausgelassen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) are left out because they show the scene of a locked case.</source>
        <translation>
            <numerusform>%n Bild bleibt außen vor, weil es die Szene eines gesperrten Falls zeigt.</numerusform>
            <numerusform>%n Bilder bleiben außen vor, weil sie die Szene eines gesperrten Falls zeigen.</numerusform>
        </translation>
    </message>
    <message>
        <source>All labelled images show one scene: figures of the held-out ones will look too good. Add images of other patients.</source>
        <translation>Alle gelabelten Bilder zeigen eine Szene: Die Werte der zurückgehaltenen werden zu gut aussehen. Bilder anderer Patienten hinzufügen.</translation>
    </message>
    <message numerus="yes">
        <source>%n corrected guide(s) wait for a mask of their image.</source>
        <translation>
            <numerusform>%n korrigierter Guide wartet auf eine Maske seines Bildes.</numerusform>
            <numerusform>%n korrigierte Guides warten auf eine Maske ihres Bildes.</numerusform>
        </translation>
    </message>
    <message>
        <source>It does not fit as it is</source>
        <translation>So passt es nicht</translation>
    </message>
    <message>
        <source>%1
%2</source>
        <translation>%1
%2</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message numerus="yes">
        <source>%n epoch(s) of the training images</source>
        <translation>
            <numerusform>%n Epoche der Trainingsbilder</numerusform>
            <numerusform>%n Epochen der Trainingsbilder</numerusform>
        </translation>
    </message>
    <message>
        <source>times measured just now</source>
        <translation>Zeiten soeben gemessen</translation>
    </message>
    <message>
        <source>times of an earlier try on this computer</source>
        <translation>Zeiten eines früheren Versuchs auf diesem Computer</translation>
    </message>
    <message>
        <source>Use %1</source>
        <translation>%1 verwenden</translation>
    </message>
    <message>
        <source>Not tried out.</source>
        <translation>Nicht ausprobiert.</translation>
    </message>
    <message>
        <source>Two steps are being tried to see what they take…</source>
        <translation>Zwei Schritte werden probiert, um ihren Bedarf zu messen…</translation>
    </message>
    <message>
        <source>It could not be tried out: %1</source>
        <translation>Ausprobieren nicht möglich: %1</translation>
    </message>
    <message>
        <source>Needs %1 of %2 free memory.</source>
        <translation>Braucht %1 von %2 freiem Speicher.</translation>
    </message>
    <message>
        <source>Needs %1 of memory, %2 are free.</source>
        <translation>Braucht %1 Speicher, %2 sind frei.</translation>
    </message>
    <message>
        <source>Needs %1 of memory.</source>
        <translation>Braucht %1 Speicher.</translation>
    </message>
    <message>
        <source>It does not fit into the memory of this computer.</source>
        <translation>Es passt nicht in den Speicher dieses Computers.</translation>
    </message>
    <message>
        <source>A step takes %1 s on %2.</source>
        <translation>Ein Schritt dauert %1 s auf %2.</translation>
    </message>
    <message>
        <source>What the ViT sees is computed once and kept.</source>
        <translation>Was der ViT sieht, wird einmal berechnet und aufbewahrt.</translation>
    </message>
    <message>
        <source>Choose a smaller model or a smaller part of it.</source>
        <translation>Ein kleineres Modell oder einen kleineren Teil davon wählen.</translation>
    </message>
    <message>
        <source>No guide of a training image was corrected.</source>
        <translation>Kein Guide eines Trainingsbildes wurde korrigiert.</translation>
    </message>
    <message>
        <source>This model has no guide.</source>
        <translation>Dieses Modell hat keinen Guide.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::FolderPrediction</name>
    <message>
        <source>This folder is neither a model (config.json) nor results of nnU-Net.</source>
        <translation>Dieser Ordner ist weder ein Modell (config.json) noch enthält er Ergebnisse von nnU-Net.</translation>
    </message>
    <message>
        <source>The folds have no such checkpoint.</source>
        <translation>Die Folds haben keinen solchen Checkpoint.</translation>
    </message>
    <message>
        <source>Choose a model.</source>
        <translation>Wählen Sie ein Modell.</translation>
    </message>
    <message>
        <source>There is no such model.</source>
        <translation>Dieses Modell gibt es nicht.</translation>
    </message>
    <message>
        <source>Choose the folder of the images.</source>
        <translation>Wählen Sie den Ordner der Bilder.</translation>
    </message>
    <message>
        <source>There are no images that can be predicted.</source>
        <translation>Dort sind keine Bilder, die sich vorhersagen lassen.</translation>
    </message>
    <message>
        <source>Name a folder to write to.</source>
        <translation>Nennen Sie einen Zielordner.</translation>
    </message>
    <message>
        <source>The folder to write to is not empty; nothing is overwritten.</source>
        <translation>Der Zielordner ist nicht leer; überschrieben wird nichts.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::GatePanel</name>
    <message>
        <source>Adopt all the same</source>
        <translation>Trotzdem übernehmen</translation>
    </message>
    <message>
        <source>Locked images that lose more than the limit</source>
        <translation>Gesperrte Bilder, die mehr als den Grenzwert verlieren</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>Why is it to be used all the same? Kept in the audit trail.</source>
        <translation>Warum soll es trotzdem verwendet werden? Wird im Prüfpfad festgehalten.</translation>
    </message>
    <message>
        <source>Leave the model as it is</source>
        <translation>Modell lassen, wie es ist</translation>
    </message>
    <message>
        <source>%1 was not adopted</source>
        <translation>%1 wurde nicht übernommen</translation>
    </message>
    <message>
        <source>Makes it current; the reason is kept in the audit trail. Can be undone</source>
        <translation>Macht es zum aktuellen Modell; der Grund bleibt im Prüfpfad. Kann rückgängig gemacht werden</translation>
    </message>
    <message>
        <source>Say why first: the reason is kept in the audit trail.</source>
        <translation>Zuerst den Grund angeben: Er wird im Prüfpfad festgehalten.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::GuideController</name>
    <message>
        <source>This model has no guide.</source>
        <translation>Dieses Modell hat keinen Guide.</translation>
    </message>
    <message>
        <source>Run the model first (R).</source>
        <translation>Erst das Modell ausführen (R).</translation>
    </message>
    <message>
        <source>What is shown is of another model. Run this one first (R).</source>
        <translation>Gezeigt wird die Antwort eines anderen Modells. Führen Sie dieses zuerst aus (R).</translation>
    </message>
    <message>
        <source>The shares of the prototypes could not be read.</source>
        <translation>Die Anteile der Prototypen konnten nicht gelesen werden.</translation>
    </message>
    <message>
        <source>The guide correction was not kept.</source>
        <translation>Die Guide-Korrektur wurde nicht behalten.</translation>
    </message>
    <message>
        <source>The guide correction was not removed.</source>
        <translation>Die Guide-Korrektur wurde nicht entfernt.</translation>
    </message>
    <message>
        <source>The painted guide could not be handed over.</source>
        <translation>Der gemalte Guide konnte nicht übergeben werden.</translation>
    </message>
    <message>
        <source>The answer to the changed guide could not be read.</source>
        <translation>Die Antwort auf den geänderten Guide konnte nicht gelesen werden.</translation>
    </message>
    <message>
        <source>The model could not answer to the changed guide.</source>
        <translation>Das Modell konnte auf den geänderten Guide nicht antworten.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::GuideWorkspace</name>
    <message>
        <source>Prototype &amp;mixer</source>
        <translation>Prototypen-&amp;Mischer</translation>
    </message>
    <message>
        <source>&amp;What-if brush</source>
        <translation>&amp;Was-wäre-wenn-Pinsel</translation>
    </message>
    <message>
        <source>How to add &amp;ViT weights…</source>
        <translation>Wie man &amp;ViT-Gewichte hinzufügt …</translation>
    </message>
    <message>
        <source>Prototypes</source>
        <translation>Prototypen</translation>
    </message>
    <message>
        <source>What-if brush</source>
        <translation>Was-wäre-wenn-Pinsel</translation>
    </message>
    <message>
        <source>Which prototypes make the guide (Shift+M)</source>
        <translation>Welche Prototypen den Guide bilden (Umschalt+M)</translation>
    </message>
    <message>
        <source>Paint the guide and watch the prediction (Shift+G)</source>
        <translation>Den Guide malen und der Vorhersage zusehen (Umschalt+G)</translation>
    </message>
    <message>
        <source>&amp;Guide</source>
        <translation>&amp;Guide</translation>
    </message>
    <message>
        <source>Take the last stroke back</source>
        <translation>Letzten Strich zurücknehmen</translation>
    </message>
    <message>
        <source>Back to the model&apos;s own guide</source>
        <translation>Zurück zum eigenen Guide des Modells</translation>
    </message>
    <message>
        <source>Keep as guide correction</source>
        <translation>Als Guide-Korrektur behalten</translation>
    </message>
    <message>
        <source>Put the brush away</source>
        <translation>Pinsel weglegen</translation>
    </message>
    <message>
        <source>Paint fully down</source>
        <translation>Ganz nach unten malen</translation>
    </message>
    <message>
        <source>Paint fully up</source>
        <translation>Auf vollen Wert malen</translation>
    </message>
    <message>
        <source>Smaller brush</source>
        <translation>Kleinerer Pinsel</translation>
    </message>
    <message>
        <source>Larger brush</source>
        <translation>Größerer Pinsel</translation>
    </message>
</context>
<context>
    <name>guidino::ui::HelpDesk</name>
    <message>
        <source>&amp;Manual</source>
        <translation>&amp;Handbuch</translation>
    </message>
    <message>
        <source>List of all &amp;keys</source>
        <translation>Liste aller &amp;Tasten</translation>
    </message>
    <message>
        <source>Known &amp;issues</source>
        <translation>Bekannte &amp;Probleme</translation>
    </message>
    <message>
        <source>The page about what you are working in (F1)</source>
        <translation>Die Seite zum aktuellen Arbeitsbereich (F1)</translation>
    </message>
</context>
<context>
    <name>guidino::ui::HelpViewer</name>
    <message>
        <source>Manual</source>
        <translation>Handbuch</translation>
    </message>
    <message>
        <source>Pages of the manual</source>
        <translation>Seiten des Handbuchs</translation>
    </message>
    <message>
        <source>Search this page and the next ones</source>
        <translation>Diese Seite und die nächsten durchsuchen</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Contents</source>
        <translation>Inhalt</translation>
    </message>
    <message>
        <source>Quick start</source>
        <translation>Schnellstart</translation>
    </message>
    <message>
        <source>The window and its tools</source>
        <translation>Das Fenster und seine Werkzeuge</translation>
    </message>
    <message>
        <source>The guide</source>
        <translation>Der Guide</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>Begutachtung</translation>
    </message>
    <message>
        <source>Several readers</source>
        <translation>Mehrere Leser</translation>
    </message>
    <message>
        <source>Teaching a model</source>
        <translation>Ein Modell anlernen</translation>
    </message>
    <message>
        <source>Projects</source>
        <translation>Projekte</translation>
    </message>
    <message>
        <source>Export and reports</source>
        <translation>Export und Berichte</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation>Datenschutz</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Known issues</source>
        <translation>Bekannte Probleme</translation>
    </message>
    <message>
        <source>To the page that was shown before, where there is one</source>
        <translation>Zur zuvor gezeigten Seite, wo es eine gibt</translation>
    </message>
    <message>
        <source>From your images to a model of your own</source>
        <translation>Von Ihren Bildern zu einem eigenen Modell</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ImageListModel</name>
    <message>
        <source>labelled</source>
        <translation>gelabelt</translation>
    </message>
    <message>
        <source>edited</source>
        <translation>bearbeitet</translation>
    </message>
    <message>
        <source>predicted</source>
        <translation>vorhergesagt</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>The file is not where it was.</source>
        <translation>Die Datei ist nicht mehr an ihrem Ort.</translation>
    </message>
    <message>
        <source>guide corrected</source>
        <translation>Guide korrigiert</translation>
    </message>
    <message>
        <source>file missing</source>
        <translation>Datei fehlt</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>angenommen</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>unsure</source>
        <translation>unsicher</translation>
    </message>
    <message>
        <source>predicted by another model</source>
        <translation>von einem anderen Modell vorhergesagt</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ImageListPanel</name>
    <message>
        <source>Search images</source>
        <translation>Bilder suchen</translation>
    </message>
    <message>
        <source>All images</source>
        <translation>Alle Bilder</translation>
    </message>
    <message>
        <source>Labelled</source>
        <translation>Gelabelt</translation>
    </message>
    <message>
        <source>Not labelled</source>
        <translation>Nicht gelabelt</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>Nicht gespeichert</translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation>Vorhergesagt</translation>
    </message>
    <message>
        <source>Show images by state</source>
        <translation>Bilder nach Zustand zeigen</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>Bilder</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n image(s) labelled</source>
        <translation>
            <numerusform>%1 von %n Bild gelabelt</numerusform>
            <numerusform>%1 von %n Bildern gelabelt</numerusform>
        </translation>
    </message>
    <message>
        <source>Name or pattern, #12, label::polyp, tag::hard, state::accepted, checked::0, score::[0,0.5], split::train, group::P12. A minus before a term turns it round.</source>
        <translation>Name oder Muster, #12, label::polyp, tag::hard, state::accepted, checked::0, score::[0,0.5], split::train, group::P12. Ein Minus vor einem Ausdruck kehrt ihn um.</translation>
    </message>
    <message>
        <source>Not decided</source>
        <translation>Nicht entschieden</translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation>Angenommen</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>Abgelehnt</translation>
    </message>
    <message>
        <source>Unsure</source>
        <translation>Unsicher</translation>
    </message>
    <message>
        <source>Guide corrected</source>
        <translation>Guide korrigiert</translation>
    </message>
    <message>
        <source>File missing</source>
        <translation>Datei fehlt</translation>
    </message>
    <message>
        <source>Disc: labelled. Square: predicted. Triangle: not saved yet. Tick, cross, question mark: decisions. Diamond: guide corrected. Dashed frame: the file is missing.</source>
        <translation>Scheibe: gelabelt. Quadrat: vorhergesagt. Dreieck: nicht gespeichert. Haken, Kreuz, Fragezeichen: Entscheidungen. Raute: Guide korrigiert. Gestrichelter Rahmen: Die Datei fehlt.</translation>
    </message>
    <message>
        <source>Images appear here when a project or a folder is open.</source>
        <translation>Hier erscheinen Bilder, wenn ein Projekt oder ein Ordner geöffnet ist.</translation>
    </message>
    <message numerus="yes">
        <source>%n shown</source>
        <translation>
            <numerusform>%n gezeigt</numerusform>
            <numerusform>%n gezeigt</numerusform>
        </translation>
    </message>
    <message>
        <source>Predicted by another model</source>
        <translation>Von einem anderen Modell vorhergesagt</translation>
    </message>
</context>
<context>
    <name>guidino::ui::JobsController</name>
    <message>
        <source>batch size %1</source>
        <translation>Batchgröße %1</translation>
    </message>
    <message>
        <source>images of %1 px</source>
        <translation>Bilder von %1 px</translation>
    </message>
    <message>
        <source>learning rate %1</source>
        <translation>Lernrate %1</translation>
    </message>
    <message>
        <source>It ran out of memory.</source>
        <translation>Der Speicher reichte nicht aus.</translation>
    </message>
    <message>
        <source>It cannot work with these settings.</source>
        <translation>Mit diesen Einstellungen kann es nicht arbeiten.</translation>
    </message>
    <message>
        <source>Its settings are not valid.</source>
        <translation>Die Einstellungen sind nicht gültig.</translation>
    </message>
    <message>
        <source>It cannot use the data.</source>
        <translation>Er kann die Daten nicht verwenden.</translation>
    </message>
    <message>
        <source>The disk is full, or its folder cannot be written.</source>
        <translation>Der Datenträger ist voll, oder in den Ordner kann nicht geschrieben werden.</translation>
    </message>
    <message>
        <source>The program guidino is of another version than this window.</source>
        <translation>Das Programm guidino hat eine andere Version als dieses Fenster.</translation>
    </message>
    <message>
        <source>It ended unexpectedly.</source>
        <translation>Unerwartet beendet.</translation>
    </message>
    <message>
        <source>The computer was restarted meanwhile, or it ran on another.</source>
        <translation>Der Rechner wurde inzwischen neu gestartet, oder der Auftrag lief auf einem anderen.</translation>
    </message>
    <message>
        <source>It failed.</source>
        <translation>Fehlgeschlagen.</translation>
    </message>
    <message>
        <source>epoch %1</source>
        <translation>Epoche %1</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>at low priority</source>
        <translation>mit niedriger Priorität</translation>
    </message>
    <message>
        <source>A job&apos;s file is damaged or cannot be written.</source>
        <translation>Die Datei eines Auftrags ist beschädigt oder lässt sich nicht schreiben.</translation>
    </message>
    <message>
        <source>The program guidino was not found beside this one.</source>
        <translation>Das Programm guidino wurde neben diesem nicht gefunden.</translation>
    </message>
    <message>
        <source>Open a project first.</source>
        <translation>Zuerst ein Projekt öffnen.</translation>
    </message>
    <message>
        <source>The project is open read-only.</source>
        <translation>Das Projekt ist schreibgeschützt geöffnet.</translation>
    </message>
    <message>
        <source>The jobs of this project cannot be shown.</source>
        <translation>Die Aufträge dieses Projekts lassen sich nicht anzeigen.</translation>
    </message>
    <message>
        <source>Fine-tuning</source>
        <translation>Feinabstimmung</translation>
    </message>
    <message>
        <source>Training from scratch</source>
        <translation>Training von Grund auf</translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation>Vorhersage</translation>
    </message>
    <message>
        <source>Evaluation</source>
        <translation>Auswertung</translation>
    </message>
    <message>
        <source>Explanation</source>
        <translation>Erklärung</translation>
    </message>
    <message>
        <source>Packing</source>
        <translation>Packen</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Import</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Stop and keep the best</source>
        <translation>Anhalten und das Beste behalten</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Discard…</source>
        <translation>Verwerfen…</translation>
    </message>
    <message>
        <source>End it and go on</source>
        <translation>Beenden und weitermachen</translation>
    </message>
    <message>
        <source>Low priority</source>
        <translation>Niedrige Priorität</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>Nach oben</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>Nach unten</translation>
    </message>
    <message>
        <source>Duplicate with changes…</source>
        <translation>Duplizieren und ändern …</translation>
    </message>
    <message>
        <source>Try again with the advised setting</source>
        <translation>Mit der empfohlenen Einstellung erneut versuchen</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>Being discarded</source>
        <translation>Wird verworfen</translation>
    </message>
    <message>
        <source>Ends after this step</source>
        <translation>Endet nach diesem Schritt</translation>
    </message>
    <message>
        <source>Waits; the queue is held</source>
        <translation>Wartet; die Warteschlange ist angehalten</translation>
    </message>
    <message>
        <source>Waits for %1</source>
        <translation>Wartet auf %1</translation>
    </message>
    <message>
        <source>Waits</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Waits for a job of another project</source>
        <translation>Wartet auf einen Auftrag eines anderen Projekts</translation>
    </message>
    <message>
        <source>Starts</source>
        <translation>Startet</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Pausiert</translation>
    </message>
    <message>
        <source>It does not answer any more</source>
        <translation>Antwortet nicht mehr</translation>
    </message>
    <message>
        <source>Finished, best score %1</source>
        <translation>Fertig, bester Wert %1</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Cancelled; what was reached is kept</source>
        <translation>Abgebrochen; das Erreichte bleibt erhalten</translation>
    </message>
    <message>
        <source>Cancelled before it began</source>
        <translation>Vor dem Beginn abgebrochen</translation>
    </message>
    <message>
        <source>%1 Tried again as job %2.</source>
        <translation>%1 Erneut versucht als Auftrag %2.</translation>
    </message>
    <message>
        <source>Show the result</source>
        <translation>Ergebnis zeigen</translation>
    </message>
    <message>
        <source>Change the settings</source>
        <translation>Einstellungen ändern</translation>
    </message>
    <message>
        <source>Try again with %1</source>
        <translation>Mit %1 erneut versuchen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>Free space, then resume</source>
        <translation>Platz schaffen, dann fortsetzen</translation>
    </message>
    <message>
        <source>Show the log</source>
        <translation>Protokoll zeigen</translation>
    </message>
    <message>
        <source>%1 was not possible.</source>
        <translation>%1 war nicht möglich.</translation>
    </message>
    <message>
        <source>“%1” is not of the form name=value</source>
        <translation>„%1“ hat nicht die Form Name=Wert</translation>
    </message>
    <message>
        <source>Log of %1</source>
        <translation>Protokoll von %1</translation>
    </message>
    <message>
        <source>Only lines with…</source>
        <translation>Nur Zeilen mit…</translation>
    </message>
    <message>
        <source>Filter of the log</source>
        <translation>Filter des Protokolls</translation>
    </message>
    <message>
        <source>The log is empty.</source>
        <translation>Das Protokoll ist leer.</translation>
    </message>
    <message>
        <source>Copy of %1</source>
        <translation>Kopie von %1</translation>
    </message>
    <message>
        <source>%1, changed</source>
        <translation>%1, geändert</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>&amp;Name</translation>
    </message>
    <message>
        <source>&amp;Device</source>
        <translation>&amp;Gerät</translation>
    </message>
    <message>
        <source>&amp;Settings, one a line</source>
        <translation>&amp;Einstellungen, eine je Zeile</translation>
    </message>
    <message>
        <source>Add to the queue</source>
        <translation>In die Warteschlange</translation>
    </message>
    <message>
        <source>Rename the job</source>
        <translation>Auftrag umbenennen</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Dashboard</source>
        <translation>Dashboard</translation>
    </message>
    <message>
        <source>Comparison</source>
        <translation>Vergleich</translation>
    </message>
    <message>
        <source>Show the comparison</source>
        <translation>Vergleich zeigen</translation>
    </message>
    <message>
        <source>Show the folder</source>
        <translation>Ordner zeigen</translation>
    </message>
</context>
<context>
    <name>guidino::ui::JobsDock</name>
    <message>
        <source>Jobs</source>
        <translation>Aufträge</translation>
    </message>
    <message>
        <source>&amp;Pause or resume jobs</source>
        <translation>Aufträge &amp;pausieren oder fortsetzen</translation>
    </message>
    <message>
        <source>Trainings and other work in the background (Ctrl+J)</source>
        <translation>Trainings und andere Arbeiten im Hintergrund (Strg+J)</translation>
    </message>
    <message>
        <source>Pauses all running jobs, or lets them go on (Ctrl+Shift+P)</source>
        <translation>Pausiert alle laufenden Aufträge oder lässt sie weiterlaufen (Strg+Umschalt+P)</translation>
    </message>
    <message>
        <source>Trainings, predictions of whole folders and exports appear here. They go on when the window is closed.</source>
        <translation>Hier erscheinen Trainings, Vorhersagen ganzer Ordner und Exporte. Sie laufen weiter, wenn das Fenster geschlossen wird.</translation>
    </message>
    <message>
        <source>Enter does what is proposed for the chosen job.</source>
        <translation>Die Eingabetaste tut, was für den gewählten Auftrag vorgeschlagen ist.</translation>
    </message>
    <message>
        <source>Ends after this step; the best model so far is the result</source>
        <translation>Endet nach diesem Schritt; das bisher beste Modell ist das Ergebnis</translation>
    </message>
    <message>
        <source>Ends; what was reached stays and can be resumed</source>
        <translation>Endet; das Erreichte bleibt und lässt sich fortsetzen</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Mehr</translation>
    </message>
    <message>
        <source>More to do with the chosen job</source>
        <translation>Weiteres zum gewählten Auftrag</translation>
    </message>
    <message numerus="yes">
        <source>Jobs (%n running)</source>
        <translation>
            <numerusform>Aufträge (%n läuft)</numerusform>
            <numerusform>Aufträge (%n laufen)</numerusform>
        </translation>
    </message>
    <message>
        <source>Jobs (%1 running, %2 waiting)</source>
        <translation>Aufträge (%1 laufen, %2 warten)</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>Umbenennen…</translation>
    </message>
    <message>
        <source>Show the log</source>
        <translation>Protokoll zeigen</translation>
    </message>
    <message>
        <source>Open its folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>The model in use lies in its folder</source>
        <translation>Das verwendete Modell liegt in diesem Ordner</translation>
    </message>
    <message>
        <source>Hold the queue</source>
        <translation>Warteschlange anhalten</translation>
    </message>
    <message>
        <source>Nothing that waits is started</source>
        <translation>Nichts Wartendes wird gestartet</translation>
    </message>
    <message>
        <source>Discard the job?</source>
        <translation>Auftrag verwerfen?</translation>
    </message>
    <message>
        <source>%1 and all that it made are deleted: models, curves and pictures in its folder. This cannot be undone.</source>
        <translation>%1 und alles daraus Entstandene wird gelöscht: Modelle, Kurven und Bilder im zugehörigen Ordner. Das lässt sich nicht rückgängig machen.</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Show dashboard</source>
        <translation>Dashboard zeigen</translation>
    </message>
    <message>
        <source>Curves, pinned cases, log and settings of this training</source>
        <translation>Kurven, angeheftete Fälle, Protokoll und Einstellungen dieses Trainings</translation>
    </message>
    <message>
        <source>No job runs.</source>
        <translation>Es läuft kein Auftrag.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::KeyEditor</name>
    <message>
        <source>&amp;Assign</source>
        <translation>&amp;Zuweisen</translation>
    </message>
    <message>
        <source>&amp;Default</source>
        <translation>&amp;Voreinstellung</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Keys like those of</source>
        <translation>Tasten wie bei</translation>
    </message>
    <message>
        <source>Search commands or keys</source>
        <translation>Befehle oder Tasten suchen</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Commands and their keys</source>
        <translation>Befehle und ihre Tasten</translation>
    </message>
    <message>
        <source>New keys</source>
        <translation>Neue Tasten</translation>
    </message>
    <message>
        <source>In use for: %1. Assign takes the key from there.</source>
        <translation>Belegt von: %1. Zuweisen nimmt die Taste dort weg.</translation>
    </message>
    <message>
        <source>Press the new keys in the field, then Assign.</source>
        <translation>Drücken Sie die neuen Tasten im Feld, dann Zuweisen.</translation>
    </message>
    <message>
        <source>Choose a command.</source>
        <translation>Wählen Sie einen Befehl.</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>The keys that the chosen set has for it</source>
        <translation>Die Tasten, die der gewählte Satz dafür hat</translation>
    </message>
    <message>
        <source>Gives the command these keys</source>
        <translation>Gibt dem Befehl diese Tasten</translation>
    </message>
</context>
<context>
    <name>guidino::ui::KeyMap</name>
    <message>
        <source>like 3D Slicer</source>
        <translation>wie 3D Slicer</translation>
    </message>
    <message>
        <source>like ITK-SNAP</source>
        <translation>wie ITK-SNAP</translation>
    </message>
    <message>
        <source>like labelme and X-AnyLabeling</source>
        <translation>wie labelme und X-AnyLabeling</translation>
    </message>
    <message>
        <source>Tab moves from field to field.</source>
        <translation>Die Tabulatortaste geht von Feld zu Feld.</translation>
    </message>
    <message>
        <source>F1 is the key for help.</source>
        <translation>F1 ist die Taste für die Hilfe.</translation>
    </message>
    <message>
        <source>Ctrl+Alt with a letter types signs on many keyboards.</source>
        <translation>Strg+Alt mit einem Buchstaben schreibt auf vielen Tastaturen Zeichen.</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>Begutachtung</translation>
    </message>
    <message>
        <source>What-if brush</source>
        <translation>Was-wäre-wenn-Pinsel</translation>
    </message>
</context>
<context>
    <name>guidino::ui::KeyTable</name>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Any of them can be changed: Edit &gt; Keyboard shortcuts, where there are also whole sets like those of other programs.</source>
        <translation>Alle lassen sich ändern: Bearbeiten &gt; Tastenkürzel, dort gibt es auch ganze Sätze wie in anderen Programmen.</translation>
    </message>
    <message>
        <source>With the mouse</source>
        <translation>Mit der Maus</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>How</source>
        <translation>Wie</translation>
    </message>
    <message>
        <source>Zoom about the pointer</source>
        <translation>Um den Zeiger zoomen</translation>
    </message>
    <message>
        <source>wheel</source>
        <translation>Mausrad</translation>
    </message>
    <message>
        <source>Move the image</source>
        <translation>Bild verschieben</translation>
    </message>
    <message>
        <source>middle button, or Space with the left one</source>
        <translation>mittlere Taste, oder Leertaste mit der linken</translation>
    </message>
    <message>
        <source>Erase, or the opposite of the tool</source>
        <translation>Radieren oder das Gegenteil des Werkzeugs</translation>
    </message>
    <message>
        <source>right button, or Ctrl with the left one</source>
        <translation>rechte Taste oder Strg mit der linken</translation>
    </message>
    <message>
        <source>Size of the brush</source>
        <translation>Größe des Pinsels</translation>
    </message>
    <message>
        <source>Shift with the wheel, or Alt and drag</source>
        <translation>Umschalt mit dem Mausrad, oder Alt und ziehen</translation>
    </message>
    <message>
        <source>Hide all layers while held</source>
        <translation>Alle Ebenen verbergen, solange gehalten</translation>
    </message>
</context>
<context>
    <name>guidino::ui::LabelClass</name>
    <message>
        <source>Object</source>
        <translation>Objekt</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>Hintergrund</translation>
    </message>
    <message>
        <source>Ignored</source>
        <translation>Ignoriert</translation>
    </message>
    <message>
        <source>Class %1</source>
        <translation>Klasse %1</translation>
    </message>
</context>
<context>
    <name>guidino::ui::LayersPanel</name>
    <message>
        <source>PAINT WITH</source>
        <translation>MALEN MIT</translation>
    </message>
    <message>
        <source>LAYERS</source>
        <translation>EBENEN</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>Label</translation>
    </message>
    <message>
        <source>Show or hide labels (S)</source>
        <translation>Labels zeigen oder verbergen (S)</translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation>Vorhersage</translation>
    </message>
    <message>
        <source>Show or hide the prediction</source>
        <translation>Vorhersage zeigen oder verbergen</translation>
    </message>
    <message>
        <source>Guide</source>
        <translation>Guide</translation>
    </message>
    <message>
        <source>Show or hide the guide</source>
        <translation>Guide zeigen oder verbergen</translation>
    </message>
    <message>
        <source>Opacity of %1</source>
        <translation>Deckkraft: %1</translation>
    </message>
    <message>
        <source>How label and prediction are drawn (O)</source>
        <translation>Wie Label und Vorhersage gezeichnet werden (O)</translation>
    </message>
    <message>
        <source>Filled</source>
        <translation>Gefüllt</translation>
    </message>
    <message>
        <source>Outline</source>
        <translation>Umriss</translation>
    </message>
    <message>
        <source>BRUSH</source>
        <translation>PINSEL</translation>
    </message>
    <message>
        <source>Brush size</source>
        <translation>Pinselgröße</translation>
    </message>
    <message>
        <source>Brush size in image pixels ([ and ], or Shift with the wheel)</source>
        <translation>Pinselgröße in Bildpixeln ([ und ] oder Umschalt mit dem Mausrad)</translation>
    </message>
    <message>
        <source> px</source>
        <translation> px</translation>
    </message>
    <message>
        <source>Brush diameter in image pixels</source>
        <translation>Pinseldurchmesser in Bildpixeln</translation>
    </message>
    <message>
        <source>Paint over</source>
        <translation>Übermalen</translation>
    </message>
    <message>
        <source>everything</source>
        <translation>alles</translation>
    </message>
    <message>
        <source>background only</source>
        <translation>nur Hintergrund</translation>
    </message>
    <message>
        <source>labelled only</source>
        <translation>nur Gelabeltes</translation>
    </message>
    <message>
        <source>Which pixels the brush may change</source>
        <translation>Welche Pixel der Pinsel ändern darf</translation>
    </message>
    <message>
        <source>%1   %2</source>
        <translation>%1   %2</translation>
    </message>
    <message>
        <source>Paint %1</source>
        <translation>%1 malen</translation>
    </message>
    <message>
        <source>Paint %1 (key %2)</source>
        <translation>%1 malen (Taste %2)</translation>
    </message>
    <message>
        <source>Width of outlines</source>
        <translation>Breite der Umrisse</translation>
    </message>
    <message>
        <source>Outline width</source>
        <translation>Umrissbreite</translation>
    </message>
    <message>
        <source>Lock %1: no tool and no model changes it (Ctrl+L)</source>
        <translation>%1 sperren: kein Werkzeug und kein Modell ändert es (Strg+L)</translation>
    </message>
    <message>
        <source>Lock %1</source>
        <translation>%1 sperren</translation>
    </message>
</context>
<context>
    <name>guidino::ui::LensStrip</name>
    <message>
        <source>What-if</source>
        <translation>Was wäre wenn</translation>
    </message>
    <message>
        <source>Guide lens</source>
        <translation>Guide-Lupe</translation>
    </message>
    <message>
        <source>The guide is changed: these figures are about the changed one, not about the model&apos;s own answer.</source>
        <translation>Der Guide ist geändert: Diese Zahlen betreffen den geänderten, nicht die eigene Antwort des Modells.</translation>
    </message>
    <message>
        <source>Threshold of the guide</source>
        <translation>Schwelle des Guide</translation>
    </message>
    <message>
        <source>From this value on a place of the guide counts as attended to</source>
        <translation>Ab diesem Wert gilt eine Stelle des Guide als beachtet</translation>
    </message>
    <message>
        <source>Overlap (IoU) of the guide at this threshold and the prediction. Low: the network marks something else than where its guide points.</source>
        <translation>Überlappung (IoU) des Guide bei dieser Schwelle mit der Vorhersage. Niedrig: Das Netz markiert etwas anderes als das, wohin sein Guide zeigt.</translation>
    </message>
    <message>
        <source>Overlap (DSC) of prediction and label</source>
        <translation>Überlappung (DSC) von Vorhersage und Label</translation>
    </message>
    <message>
        <source>How well the guide alone finds the label: 1 = every labelled pixel above every other, 0.5 = by chance</source>
        <translation>Wie gut der Guide allein das Label findet: 1 = jeder gelabelte Pixel über jedem anderen, 0,5 = Zufall</translation>
    </message>
    <message>
        <source>Values under the pointer</source>
        <translation>Werte unter dem Zeiger</translation>
    </message>
    <message>
        <source>guide ≥ %1</source>
        <translation>Guide ≥ %1</translation>
    </message>
    <message>
        <source>guide / prediction IoU</source>
        <translation>IoU Guide / Vorhersage</translation>
    </message>
    <message>
        <source>prediction / label DSC</source>
        <translation>DSC Vorhersage / Label</translation>
    </message>
    <message>
        <source>guide / label AUROC</source>
        <translation>AUROC Guide / Label</translation>
    </message>
</context>
<context>
    <name>guidino::ui::LogPage</name>
    <message>
        <source>Open the file</source>
        <translation>Datei öffnen</translation>
    </message>
    <message>
        <source>Filter: all of these words</source>
        <translation>Filter: alle diese Wörter</translation>
    </message>
    <message>
        <source>Words that lines must have</source>
        <translation>Wörter, die Zeilen enthalten müssen</translation>
    </message>
    <message>
        <source>Least severity</source>
        <translation>Mindestschwere</translation>
    </message>
    <message>
        <source>All lines</source>
        <translation>Alle Zeilen</translation>
    </message>
    <message>
        <source>Warnings and errors</source>
        <translation>Warnungen und Fehler</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>Mitlaufen</translation>
    </message>
    <message>
        <source>Keeps the newest line in view</source>
        <translation>Hält die neueste Zeile im Blick</translation>
    </message>
    <message>
        <source>Lines of the log</source>
        <translation>Zeilen des Protokolls</translation>
    </message>
    <message>
        <source>Copy lines</source>
        <translation>Zeilen kopieren</translation>
    </message>
    <message>
        <source>%1 of %2 lines</source>
        <translation>%1 von %2 Zeilen</translation>
    </message>
    <message numerus="yes">
        <source>%n warning(s)</source>
        <translation>
            <numerusform>%n Warnung</numerusform>
            <numerusform>%n Warnungen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n error(s)</source>
        <translation>
            <numerusform>%n Fehler</numerusform>
            <numerusform>%n Fehler</numerusform>
        </translation>
    </message>
    <message>
        <source>older lines are in the file</source>
        <translation>ältere Zeilen stehen in der Datei</translation>
    </message>
</context>
<context>
    <name>guidino::ui::MainWindow</name>
    <message>
        <source>GuiDINO Workbench</source>
        <translation>GuiDINO Workbench</translation>
    </message>
    <message>
        <source>Main tools</source>
        <translation>Hauptwerkzeuge</translation>
    </message>
    <message>
        <source>Painting tools</source>
        <translation>Malwerkzeuge</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Layers and tool</source>
        <translation>Ebenen und Werkzeug</translation>
    </message>
    <message>
        <source>Fine-tuning</source>
        <translation>Feinabstimmung</translation>
    </message>
    <message>
        <source>%1 – GuiDINO Workbench</source>
        <translation>%1 – GuiDINO Workbench</translation>
    </message>
    <message>
        <source>&amp;Use as label</source>
        <translation>Als Label &amp;übernehmen</translation>
    </message>
    <message>
        <source>Copies the prediction into the label; can be undone (Return)</source>
        <translation>Übernimmt die Vorhersage ins Label; lässt sich rückgängig machen (Eingabetaste)</translation>
    </message>
    <message>
        <source>Run the model first (R).</source>
        <translation>Erst das Modell ausführen (R).</translation>
    </message>
    <message>
        <source>Running…</source>
        <translation>Läuft …</translation>
    </message>
    <message>
        <source>&amp;Run the model</source>
        <translation>Modell &amp;ausführen</translation>
    </message>
    <message>
        <source>Guide and prediction of this image (R)</source>
        <translation>Guide und Vorhersage dieses Bildes (R)</translation>
    </message>
    <message>
        <source>Teach the model your labels (Ctrl+T)</source>
        <translation>Dem Modell Ihre Labels beibringen (Strg+T)</translation>
    </message>
    <message>
        <source>not running</source>
        <translation>läuft nicht</translation>
    </message>
    <message>
        <source>starting…</source>
        <translation>startet …</translation>
    </message>
    <message>
        <source>no model</source>
        <translation>kein Modell</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>bereit</translation>
    </message>
    <message>
        <source>working…</source>
        <translation>arbeitet …</translation>
    </message>
    <message>
        <source>stopped unexpectedly</source>
        <translation>unerwartet beendet</translation>
    </message>
    <message>
        <source>Model %1</source>
        <translation>Modell %1</translation>
    </message>
    <message>
        <source>&amp;Choose a model…</source>
        <translation>Modell &amp;wählen …</translation>
    </message>
    <message>
        <source>Choose a model bundle</source>
        <translation>Modellpaket wählen</translation>
    </message>
    <message>
        <source>Model in use: %1. Choose another one</source>
        <translation>Modell im Einsatz: %1. Ein anderes wählen</translation>
    </message>
    <message>
        <source>Open a folder of images</source>
        <translation>Ordner mit Bildern öffnen</translation>
    </message>
    <message>
        <source>Open image files</source>
        <translation>Bilddateien öffnen</translation>
    </message>
    <message>
        <source>Images (%1)</source>
        <translation>Bilder (%1)</translation>
    </message>
    <message>
        <source>Save masks to this folder</source>
        <translation>Masken in diesen Ordner speichern</translation>
    </message>
    <message>
        <source>Save masks?</source>
        <translation>Masken speichern?</translation>
    </message>
    <message numerus="yes">
        <source>The labels of %n image(s) are not in their mask files yet.</source>
        <translation>
            <numerusform>Die Labels von %n Bild stehen noch nicht in einer Maskendatei.</numerusform>
            <numerusform>Die Labels von %n Bildern stehen noch nicht in Maskendateien.</numerusform>
        </translation>
    </message>
    <message>
        <source>Save and close</source>
        <translation>Speichern und schließen</translation>
    </message>
    <message>
        <source>Keep for later</source>
        <translation>Für später aufheben</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>As opened</source>
        <translation>Wie geöffnet</translation>
    </message>
    <message>
        <source>Steps of this image</source>
        <translation>Schritte dieses Bildes</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Image display</source>
        <translation>Bilddarstellung</translation>
    </message>
    <message>
        <source>&amp;Project</source>
        <translation>&amp;Projekt</translation>
    </message>
    <message>
        <source>What is shown is a what-if: clear the painted guide or reset the mixer first.</source>
        <translation>Gezeigt wird ein Was-wäre-wenn: Löschen Sie zuerst den gemalten Guide oder setzen Sie den Mischer zurück.</translation>
    </message>
    <message>
        <source>They are in the journal and come back when this project is opened again</source>
        <translation>Sie stehen im Journal und kommen zurück, wenn dieses Projekt wieder geöffnet wird</translation>
    </message>
    <message>
        <source>Open a folder or a project first.</source>
        <translation>Öffnen Sie zuerst einen Ordner oder ein Projekt.</translation>
    </message>
    <message>
        <source>There is nothing that is not saved.</source>
        <translation>Es gibt nichts, was nicht gespeichert ist.</translation>
    </message>
    <message>
        <source>The samples are not installed.</source>
        <translation>Die Beispiele sind nicht installiert.</translation>
    </message>
    <message>
        <source>The demo model is not installed.</source>
        <translation>Das Demo-Modell ist nicht installiert.</translation>
    </message>
    <message>
        <source>It is starting.</source>
        <translation>Es startet gerade.</translation>
    </message>
    <message>
        <source>No training of this window runs.</source>
        <translation>Es läuft kein Training dieses Fensters.</translation>
    </message>
    <message>
        <source>%1 (read only) – GuiDINO Workbench</source>
        <translation>%1 (nur lesen) – GuiDINO Workbench</translation>
    </message>
    <message>
        <source>Waiting…</source>
        <translation>Wartet …</translation>
    </message>
    <message>
        <source>This image is next once the model is free; going to another calls it off.</source>
        <translation>Dieses Bild kommt als nächstes an die Reihe, sobald das Modell frei ist; wer zu einem anderen geht, sagt es ab.</translation>
    </message>
    <message>
        <source>starting, then this image</source>
        <translation>startet, dann dieses Bild</translation>
    </message>
    <message>
        <source>working, this image is next</source>
        <translation>arbeitet, dieses Bild ist das nächste</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ManualBrowser</name>
    <message>
        <source>Page of the manual</source>
        <translation>Seite des Handbuchs</translation>
    </message>
</context>
<context>
    <name>guidino::ui::MessageBar</name>
    <message>
        <source>Message</source>
        <translation>Meldung</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>Diese Meldung schließen</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>Neu starten</translation>
    </message>
    <message>
        <source>Choose another folder…</source>
        <translation>Anderen Ordner wählen …</translation>
    </message>
    <message>
        <source>Save now</source>
        <translation>Jetzt speichern</translation>
    </message>
    <message>
        <source>Open another folder…</source>
        <translation>Anderen Ordner öffnen …</translation>
    </message>
    <message>
        <source>Choose a model…</source>
        <translation>Modell wählen …</translation>
    </message>
    <message>
        <source>Show the log</source>
        <translation>Protokoll zeigen</translation>
    </message>
    <message>
        <source>Show what came back…</source>
        <translation>Zeigen, was zurückkam …</translation>
    </message>
    <message>
        <source>Find missing images…</source>
        <translation>Fehlende Bilder suchen …</translation>
    </message>
    <message>
        <source>Take over…</source>
        <translation>Übernehmen …</translation>
    </message>
</context>
<context>
    <name>guidino::ui::MixerPanel</name>
    <message>
        <source>Reset (R)</source>
        <translation>Zurücksetzen (R)</translation>
    </message>
    <message>
        <source>Find matches in these images</source>
        <translation>In diesen Bildern nach Treffern suchen</translation>
    </message>
    <message>
        <source>Prototype mixer</source>
        <translation>Prototypen-Mischer</translation>
    </message>
    <message>
        <source>Share of the guide, by groups of prototypes</source>
        <translation>Anteil am Guide, nach Gruppen von Prototypen</translation>
    </message>
    <message>
        <source>What each group adds to the guide (violet) or takes from it (orange). This is how the guide is made, not a reason for a diagnosis.</source>
        <translation>Was jede Gruppe zum Guide hinzufügt (violett) oder ihm nimmt (orange). So entsteht der Guide; es ist keine Begründung einer Diagnose.</translation>
    </message>
    <message>
        <source>Pick a place</source>
        <translation>Eine Stelle wählen</translation>
    </message>
    <message>
        <source>Then click into a pane: the groups are ordered by their share at that place</source>
        <translation>Dann in ein Feld klicken: Die Gruppen werden nach ihrem Anteil an dieser Stelle geordnet</translation>
    </message>
    <message>
        <source>Order by inside and outside again</source>
        <translation>Wieder nach innen und außen ordnen</translation>
    </message>
    <message>
        <source>Lets the model look at up to 64 of the opened images and shows the places that match each group best</source>
        <translation>Lässt das Modell bis zu 64 der geöffneten Bilder ansehen und zeigt die Stellen, die am besten zu jeder Gruppe passen</translation>
    </message>
    <message>
        <source>Group %1</source>
        <translation>Gruppe %1</translation>
    </message>
    <message>
        <source>Asking the model for the shares…</source>
        <translation>Das Modell wird nach den Anteilen gefragt …</translation>
    </message>
    <message>
        <source>The shares of the prototypes appear here.</source>
        <translation>Hier erscheinen die Anteile der Prototypen.</translation>
    </message>
    <message>
        <source>All groups are heard again (R)</source>
        <translation>Alle Gruppen wirken wieder mit (R)</translation>
    </message>
    <message>
        <source>All groups are heard.</source>
        <translation>Alle Gruppen wirken mit.</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) to search…</source>
        <translation>
            <numerusform>%n Bild wird durchsucht …</numerusform>
            <numerusform>%n Bilder werden durchsucht …</numerusform>
        </translation>
    </message>
    <message>
        <source>label</source>
        <translation>Label</translation>
    </message>
    <message>
        <source>prediction</source>
        <translation>Vorhersage</translation>
    </message>
    <message>
        <source>By share at %1, %2</source>
        <translation>Nach dem Anteil bei %1, %2</translation>
    </message>
    <message>
        <source>By inside and outside of the %1</source>
        <translation>Nach innen und außen: %1</translation>
    </message>
    <message>
        <source>Best matches among the images that the model has seen: %1</source>
        <translation>Beste Treffer unter den Bildern, die das Modell gesehen hat: %1</translation>
    </message>
    <message>
        <source>The guide is painted now. Clear that first (Backspace in the what-if brush).</source>
        <translation>Der Guide ist jetzt gemalt. Löschen Sie das zuerst (Rücktaste im Was-wäre-wenn-Pinsel).</translation>
    </message>
    <message numerus="yes">
        <source>%1 effective directions among %n prototype(s).</source>
        <translation>
            <numerusform>%1 wirksame Richtungen bei %n Prototyp.</numerusform>
            <numerusform>%1 wirksame Richtungen bei %n Prototypen.</numerusform>
        </translation>
    </message>
    <message>
        <source>Near-duplicates: groups %1. Muting one of them changes little, since the others say the same.</source>
        <translation>Beinahe gleich: Gruppen %1. Eine davon stummzuschalten ändert wenig, da die anderen dasselbe sagen.</translation>
    </message>
    <message>
        <source>The prototypes have learnt nearly one direction.</source>
        <translation>Die Prototypen haben beinahe nur eine Richtung gelernt.</translation>
    </message>
    <message>
        <source>The guide is painted: the shares are of the model&apos;s own.</source>
        <translation>Der Guide ist gemalt: Die Anteile sind die des modelleigenen.</translation>
    </message>
    <message>
        <source>Sum of shown shares = %1 % of the guide (largest error %2)</source>
        <translation>Summe der gezeigten Anteile = %1 % des Guide (größter Fehler %2)</translation>
    </message>
    <message>
        <source>Sum of shown shares ≈ %1 % of the guide. Approximate: this model does not add its prototypes up.</source>
        <translation>Summe der gezeigten Anteile ≈ %1 % des Guide. Näherung: Dieses Modell addiert seine Prototypen nicht.</translation>
    </message>
    <message>
        <source>Waiting for the guide of this choice…</source>
        <translation>Warten auf den Guide dieser Auswahl …</translation>
    </message>
</context>
<context>
    <name>guidino::ui::MixerStrip</name>
    <message>
        <source>M</source>
        <comment>mute</comment>
        <translation>M</translation>
    </message>
    <message>
        <source>S</source>
        <comment>solo</comment>
        <translation>S</translation>
    </message>
    <message>
        <source>Mute %1: the guide without its share (M)</source>
        <translation>%1 stumm: der Guide ohne ihren Anteil (M)</translation>
    </message>
    <message>
        <source>Solo %1: its share alone (S); Ctrl+click adds to the others</source>
        <translation>%1 allein: nur ihr Anteil (S); Strg+Klick nimmt sie zu den anderen</translation>
    </message>
    <message>
        <source>Mute %1</source>
        <translation>%1 stummschalten</translation>
    </message>
    <message>
        <source>Solo %1</source>
        <translation>%1 allein</translation>
    </message>
    <message>
        <source>%1: share of the guide inside %2, outside %3</source>
        <translation>%1: Anteil am Guide innen %2, außen %3</translation>
    </message>
    <message numerus="yes">
        <source>%n prototype(s) that point the same way</source>
        <translation>
            <numerusform>%n Prototyp, der in dieselbe Richtung zeigt</numerusform>
            <numerusform>%n Prototypen, die in dieselbe Richtung zeigen</numerusform>
        </translation>
    </message>
    <message>
        <source>Nearly the same direction as %1: muting one of them changes little, since the other says the same.</source>
        <translation>Beinahe dieselbe Richtung wie %1: Eine davon stummzuschalten ändert wenig, da die andere dasselbe sagt.</translation>
    </message>
    <message>
        <source>≈ %1</source>
        <translation>≈ %1</translation>
    </message>
    <message>
        <source>inside</source>
        <translation>innen</translation>
    </message>
    <message>
        <source>outside</source>
        <translation>außen</translation>
    </message>
    <message>
        <source>here</source>
        <translation>hier</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ModelDesk</name>
    <message>
        <source>&amp;Models and comparison</source>
        <translation>&amp;Modelle und Vergleich</translation>
    </message>
    <message>
        <source>&amp;Previous model</source>
        <translation>&amp;Vorheriges Modell</translation>
    </message>
    <message>
        <source>&amp;Next model</source>
        <translation>&amp;Nächstes Modell</translation>
    </message>
    <message>
        <source>&amp;Adopt model B</source>
        <translation>Modell B über&amp;nehmen</translation>
    </message>
    <message>
        <source>&amp;Roll back</source>
        <translation>&amp;Zurücknehmen</translation>
    </message>
    <message>
        <source>%1 is current now. Undo takes it back.</source>
        <translation>%1 ist jetzt aktuell. Rückgängig nimmt es zurück.</translation>
    </message>
    <message>
        <source>%1 is offered. Compare it and adopt it under Model &gt; Models and comparison (%2).</source>
        <translation>%1 wird angeboten. Vergleichen und übernehmen unter Modell &gt; Modelle und Vergleich (%2).</translation>
    </message>
    <message>
        <source>Roll back?</source>
        <translation>Zurücknehmen?</translation>
    </message>
    <message>
        <source>%1 becomes current again in place of %2. This can be undone.</source>
        <translation>%1 wird anstelle von %2 wieder aktuell. Dies kann rückgängig gemacht werden.</translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation>Zurücknehmen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>The model stays as it was.</source>
        <translation>Das Modell bleibt, wie es war.</translation>
    </message>
    <message>
        <source>Compare models and choose the one to use</source>
        <translation>Modelle vergleichen und das zu verwendende wählen</translation>
    </message>
    <message>
        <source>Open a project first.</source>
        <translation>Zuerst ein Projekt öffnen.</translation>
    </message>
    <message>
        <source>&amp;Adopt %1</source>
        <translation>%1 &amp;übernehmen</translation>
    </message>
    <message>
        <source>Judges it on the locked images, then makes it the model in use</source>
        <translation>Beurteilt es an den gesperrten Bildern und macht es dann zum verwendeten Modell</translation>
    </message>
    <message>
        <source>It is the current model.</source>
        <translation>Es ist das aktuelle Modell.</translation>
    </message>
    <message>
        <source>Open a project for writing first.</source>
        <translation>Öffnen Sie zuerst ein Projekt zum Schreiben.</translation>
    </message>
    <message>
        <source>Choose a model as B first.</source>
        <translation>Zuerst ein Modell als B wählen.</translation>
    </message>
    <message>
        <source>Back to %1</source>
        <translation>Zurück zu %1</translation>
    </message>
    <message>
        <source>No other model was current before.</source>
        <translation>Zuvor war kein anderes Modell aktuell.</translation>
    </message>
    <message>
        <source>The project has one model only; fine-tune one (Ctrl+T).</source>
        <translation>Das Projekt hat nur ein Modell; stimmen Sie eines fein ab (Strg+T).</translation>
    </message>
    <message>
        <source>No epoch was better on the validation images than the model it started from. There is no new model to adopt; %1 stays as it is.</source>
        <translation>Keine Epoche war auf den Validierungsbildern besser als das Modell, mit dem begonnen wurde. Es gibt kein neues Modell zu übernehmen; %1 bleibt, wie es ist.</translation>
    </message>
    <message>
        <source>More corrected images help most. A longer training, or training more parts of the model, may help, too.</source>
        <translation>Am meisten helfen mehr korrigierte Bilder. Auch ein längeres Training oder das Training von mehr Teilen des Modells kann helfen.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ModelRegistry</name>
    <message>
        <source>The project&apos;s models could not be read.</source>
        <translation>Die Modelle des Projekts konnten nicht gelesen werden.</translation>
    </message>
    <message>
        <source>The new model could not be kept in the project.</source>
        <translation>Das neue Modell konnte nicht im Projekt behalten werden.</translation>
    </message>
    <message>
        <source>Model %1</source>
        <translation>Modell %1</translation>
    </message>
    <message>
        <source>The change of the model could not be recorded.</source>
        <translation>Der Wechsel des Modells ließ sich nicht aufzeichnen.</translation>
    </message>
    <message>
        <source>The look at the locked images could not be recorded.</source>
        <translation>Der Blick auf die gesperrten Bilder konnte nicht aufgezeichnet werden.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ModelTimeLine</name>
    <message>
        <source>Offered</source>
        <translation>Angeboten</translation>
    </message>
    <message>
        <source>Current</source>
        <translation>Aktuell</translation>
    </message>
    <message>
        <source>Retired</source>
        <translation>Ausgemustert</translation>
    </message>
    <message>
        <source>%1, %2, %3</source>
        <translation>%1, %2, %3</translation>
    </message>
    <message>
        <source>%1
SHA-256 %2
%3</source>
        <translation>%1
SHA-256 %2
%3</translation>
    </message>
    <message>
        <source>from %1</source>
        <translation>aus %1</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>DSC on locked images %1</source>
        <translation>DSC auf gesperrten Bildern %1</translation>
    </message>
    <message>
        <source>DSC %1 on other images</source>
        <translation>DSC %1 auf anderen Bildern</translation>
    </message>
    <message>
        <source>Validation DSC %1 → %2</source>
        <translation>Validierung: DSC %1 → %2</translation>
    </message>
    <message>
        <source>Validation DSC %1</source>
        <translation>Validierung: DSC %1</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ModelTimeLineView</name>
    <message>
        <source>Models in their order</source>
        <translation>Modelle in ihrer Reihenfolge</translation>
    </message>
    <message>
        <source>Click: compare as B. Shift and click: as A</source>
        <translation>Klick: als B vergleichen. Umschalt und Klick: als A</translation>
    </message>
    <message>
        <source>Compare as &amp;A</source>
        <translation>Als &amp;A vergleichen</translation>
    </message>
    <message>
        <source>Compare as &amp;B</source>
        <translation>Als &amp;B vergleichen</translation>
    </message>
    <message>
        <source>A&amp;dopt…</source>
        <translation>Übe&amp;rnehmen …</translation>
    </message>
    <message>
        <source>&amp;Offer again</source>
        <translation>Erneut &amp;anbieten</translation>
    </message>
    <message>
        <source>&amp;Put aside</source>
        <translation>&amp;Beiseitelegen</translation>
    </message>
    <message>
        <source>Show its &amp;folder</source>
        <translation>&amp;Ordner zeigen</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ModelsPage</name>
    <message>
        <source>MODELS</source>
        <translation>MODELLE</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close (%1)</source>
        <translation>Schließen (%1)</translation>
    </message>
    <message>
        <source>Close the page of models</source>
        <translation>Seite der Modelle schließen</translation>
    </message>
    <message>
        <source>On the image</source>
        <translation>Auf dem Bild</translation>
    </message>
    <message>
        <source>Before and after</source>
        <translation>Vorher und nachher</translation>
    </message>
    <message>
        <source>Gate</source>
        <translation>Prüfung</translation>
    </message>
    <message>
        <source>Drag the divider: A on its left, B on its right, the label as a white line</source>
        <translation>Trennlinie ziehen: links A, rechts B, das Label als weiße Linie</translation>
    </message>
    <message>
        <source>The image with the labels of both models</source>
        <translation>Das Bild mit den Labels beider Modelle</translation>
    </message>
    <message>
        <source>Images before and after</source>
        <translation>Bilder vorher und nachher</translation>
    </message>
    <message>
        <source>A new model may lose on any locked image at most</source>
        <translation>Ein neues Modell darf auf jedem gesperrten Bild höchstens verlieren</translation>
    </message>
    <message>
        <source>Largest loss of DSC on a locked image</source>
        <translation>Größter DSC-Verlust auf einem gesperrten Bild</translation>
    </message>
    <message>
        <source> DSC</source>
        <translation> DSC</translation>
    </message>
    <message>
        <source>Training the same again with another seed changes 95 of 100 images by less than %1</source>
        <translation>Dasselbe Training mit anderem Seed ändert 95 von 100 Bildern um weniger als %1</translation>
    </message>
    <message>
        <source>Model A</source>
        <translation>Modell A</translation>
    </message>
    <message>
        <source>Model B</source>
        <translation>Modell B</translation>
    </message>
    <message>
        <source>Compared on</source>
        <translation>Verglichen auf</translation>
    </message>
    <message>
        <source>Predicted and scored</source>
        <translation>Vorhergesagt und bewertet</translation>
    </message>
    <message>
        <source>Count them all the same</source>
        <translation>Trotzdem mitzählen</translation>
    </message>
    <message>
        <source>Images with their scores under both models</source>
        <translation>Bilder mit ihren Bewertungen unter beiden Modellen</translation>
    </message>
    <message>
        <source>Return or double click opens the image for editing</source>
        <translation>Eingabetaste oder Doppelklick öffnet das Bild zum Bearbeiten</translation>
    </message>
    <message>
        <source>The model stays as it was.</source>
        <translation>Das Modell bleibt, wie es war.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Counts as a look at the locked images</source>
        <translation>Zählt als Blick auf die gesperrten Bilder</translation>
    </message>
    <message numerus="yes">
        <source>The locked images were looked at %n time(s)</source>
        <translation>
            <numerusform>Die gesperrten Bilder wurden %n Mal angesehen</numerusform>
            <numerusform>Die gesperrten Bilder wurden %n Mal angesehen</numerusform>
        </translation>
    </message>
    <message>
        <source>Press Compare: both models predict %1, and what changed appears here.</source>
        <translation>„Vergleichen“ drücken: Beide Modelle sagen %1 vorher, und was sich geändert hat, erscheint hier.</translation>
    </message>
    <message>
        <source>%1 (%2 to %3)</source>
        <translation>%1 (%2 bis %3)</translation>
    </message>
    <message>
        <source>DSC, mean</source>
        <translation>DSC, Mittel</translation>
    </message>
    <message>
        <source>DSC, median</source>
        <translation>DSC, Median</translation>
    </message>
    <message>
        <source>HD95, mean (px)</source>
        <translation>HD95, Mittel (px)</translation>
    </message>
    <message>
        <source>%1 better, %2 worse, %3 as before</source>
        <translation>%1 besser, %2 schlechter, %3 wie zuvor</translation>
    </message>
    <message>
        <source>A: not compared on this image</source>
        <translation>A: auf diesem Bild nicht verglichen</translation>
    </message>
    <message>
        <source>B</source>
        <translation>B</translation>
    </message>
    <message>
        <source>%1, DSC %2</source>
        <translation>%1, DSC %2</translation>
    </message>
    <message>
        <source>%1, no prediction</source>
        <translation>%1, keine Vorhersage</translation>
    </message>
    <message>
        <source>A: %1</source>
        <translation>A: %1</translation>
    </message>
    <message>
        <source>B: %1</source>
        <translation>B: %1</translation>
    </message>
    <message>
        <source>Ends its jobs; what is predicted stays</source>
        <translation>Beendet seine Aufträge; was vorhergesagt ist, bleibt</translation>
    </message>
    <message>
        <source>Predicts what is missing as a job in the background</source>
        <translation>Sagt als Auftrag im Hintergrund vorher, was fehlt</translation>
    </message>
</context>
<context>
    <name>guidino::ui::NewProjectSheet</name>
    <message>
        <source>New project</source>
        <translation>Neues Projekt</translation>
    </message>
    <message>
        <source>Copy the images into the project</source>
        <translation>Die Bilder in das Projekt kopieren</translation>
    </message>
    <message>
        <source>Also save masks as files beside the images</source>
        <translation>Masken auch als Dateien neben den Bildern speichern</translation>
    </message>
    <message>
        <source>Make the project</source>
        <translation>Projekt anlegen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Without this the project refers to the images where they are now, and finds them again when they are moved</source>
        <translation>Ohne dies verweist das Projekt auf die Bilder, wo sie jetzt sind, und findet sie wieder, wenn sie verschoben werden</translation>
    </message>
    <message>
        <source>A folder guidino-labels beside the images, for other programs; revisions are kept in the project in any case</source>
        <translation>Ein Ordner guidino-labels neben den Bildern, für andere Programme; Revisionen bleiben in jedem Fall im Projekt</translation>
    </message>
    <message>
        <source>NAME</source>
        <translation>NAME</translation>
    </message>
    <message>
        <source>FOLDER OF THE PROJECT</source>
        <translation>ORDNER DES PROJEKTS</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Folder in which the project is made</source>
        <translation>Ordner, in dem das Projekt angelegt wird</translation>
    </message>
    <message>
        <source>Looking at %1…</source>
        <translation>%1 wird angesehen …</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n Bild</numerusform>
            <numerusform>%n Bilder</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n with a mask</source>
        <translation>
            <numerusform>%n mit Maske</numerusform>
            <numerusform>%n mit Maske</numerusform>
        </translation>
    </message>
    <message>
        <source>Layout: %1</source>
        <translation>Aufbau: %1</translation>
    </message>
    <message>
        <source>Classes: %1</source>
        <translation>Klassen: %1</translation>
    </message>
    <message>
        <source>Splits: %1</source>
        <translation>Aufteilung: %1</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) cannot be used:</source>
        <translation>
            <numerusform>%n Datei ist nicht verwendbar:</numerusform>
            <numerusform>%n Dateien sind nicht verwendbar:</numerusform>
        </translation>
    </message>
    <message>
        <source>There is a project in this folder already. Choose another name.</source>
        <translation>In diesem Ordner ist schon ein Projekt. Wählen Sie einen anderen Namen.</translation>
    </message>
    <message>
        <source>This folder is not empty. Choose another name.</source>
        <translation>Dieser Ordner ist nicht leer. Wählen Sie einen anderen Namen.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Give the project a name.</source>
        <translation>Geben Sie dem Projekt einen Namen.</translation>
    </message>
    <message>
        <source>Choose the folder in which the project is made.</source>
        <translation>Wählen Sie den Ordner, in dem das Projekt angelegt wird.</translation>
    </message>
    <message>
        <source>The folder is being read.</source>
        <translation>Der Ordner wird gelesen.</translation>
    </message>
    <message>
        <source>Choose a folder with images first.</source>
        <translation>Wählen Sie zuerst einen Ordner mit Bildern.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::Notice</name>
    <message>
        <source>A check did not hold.</source>
        <translation>Eine Prüfung schlug fehl.</translation>
    </message>
    <message>
        <source>A setting is not valid.</source>
        <translation>Eine Einstellung ist ungültig.</translation>
    </message>
    <message>
        <source>A file or folder is not there.</source>
        <translation>Eine Datei oder ein Ordner fehlt.</translation>
    </message>
    <message>
        <source>A file is damaged or of a kind that cannot be read.</source>
        <translation>Eine Datei ist beschädigt oder von einer Art, die nicht gelesen werden kann.</translation>
    </message>
    <message>
        <source>There is not enough memory.</source>
        <translation>Der Arbeitsspeicher reicht nicht.</translation>
    </message>
    <message>
        <source>The GPU has not enough free memory.</source>
        <translation>Die GPU hat nicht genug freien Speicher.</translation>
    </message>
    <message>
        <source>It was cancelled.</source>
        <translation>Es wurde abgebrochen.</translation>
    </message>
    <message>
        <source>The folder cannot be written to, or the disk is full.</source>
        <translation>In den Ordner kann nicht geschrieben werden, oder der Datenträger ist voll.</translation>
    </message>
    <message>
        <source>An internal error occurred.</source>
        <translation>Ein interner Fehler ist aufgetreten.</translation>
    </message>
    <message>
        <source>There are no images in it. PNG, JPEG, TIFF, WebP and BMP files can be opened, also in folders named images, masks, train, valid or test.</source>
        <translation>Er enthält keine Bilder. Geöffnet werden können PNG-, JPEG-, TIFF-, WebP- und BMP-Dateien, auch in Ordnern mit den Namen images, masks, train, valid oder test.</translation>
    </message>
    <message>
        <source>It has more than 400 megapixels; cut it into parts first.</source>
        <translation>Es hat mehr als 400 Megapixel; zerlegen Sie es zuerst in Teile.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::OutsideBanner</name>
    <message>
        <source>Train a starter model</source>
        <translation>Ein Startmodell trainieren</translation>
    </message>
    <message>
        <source>Warning about this image</source>
        <translation>Warnung zu diesem Bild</translation>
    </message>
    <message>
        <source>%1. Do not rely on this prediction.</source>
        <translation>%1. Verlassen Sie sich nicht auf diese Vorhersage.</translation>
    </message>
    <message>
        <source>Teaches a new, small model with your labels; it knows nothing else</source>
        <translation>Lehrt ein neues, kleines Modell Ihre Labels; anderes kennt es nicht</translation>
    </message>
</context>
<context>
    <name>guidino::ui::PaneGrid</name>
    <message>
        <source>Image</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Guide</source>
        <translation>Guide</translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation>Vorhersage</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>Label</translation>
    </message>
</context>
<context>
    <name>guidino::ui::PathField</name>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Choose: %1</source>
        <translation>Wählen: %1</translation>
    </message>
</context>
<context>
    <name>guidino::ui::PinDialog</name>
    <message>
        <source>Pin</source>
        <translation>Anheften</translation>
    </message>
    <message>
        <source>Pin validation images</source>
        <translation>Validierungsbilder anheften</translation>
    </message>
    <message>
        <source>Filter by name</source>
        <translation>Nach Namen filtern</translation>
    </message>
    <message>
        <source>Words that names must have</source>
        <translation>Wörter, die Namen enthalten müssen</translation>
    </message>
    <message>
        <source>Validation images</source>
        <translation>Validierungsbilder</translation>
    </message>
    <message>
        <source>The run has no list of its validation images yet.</source>
        <translation>Der Lauf hat noch keine Liste seiner Validierungsbilder.</translation>
    </message>
    <message numerus="yes">
        <source>At most %n image(s) can be pinned.</source>
        <translation>
            <numerusform>Höchstens %n Bild lässt sich anheften.</numerusform>
            <numerusform>Höchstens %n Bilder lassen sich anheften.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) pinned. They are shown from the next validation on; what was shown before stays.</source>
        <translation>
            <numerusform>%n Bild angeheftet. Es wird ab der nächsten Validierung gezeigt; was vorher gezeigt wurde, bleibt.</numerusform>
            <numerusform>%n Bilder angeheftet. Sie werden ab der nächsten Validierung gezeigt; was vorher gezeigt wurde, bleibt.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) pinned. The run has ended: they are shown where it goes on.</source>
        <translation>
            <numerusform>%n Bild angeheftet. Der Lauf ist beendet: Es wird gezeigt, wo er weitergeht.</numerusform>
            <numerusform>%n Bilder angeheftet. Der Lauf ist beendet: Sie werden gezeigt, wo er weitergeht.</numerusform>
        </translation>
    </message>
    <message>
        <source>The pinned cases were not kept: %1</source>
        <translation>Die angehefteten Fälle wurden nicht behalten: %1</translation>
    </message>
</context>
<context>
    <name>guidino::ui::PredictSheet</name>
    <message>
        <source>Predict a folder</source>
        <translation>Einen Ordner vorhersagen</translation>
    </message>
    <message>
        <source>Folder of a model, or of nnU-Net results</source>
        <translation>Ordner eines Modells oder mit Ergebnissen von nnU-Net</translation>
    </message>
    <message>
        <source>Folder of the images</source>
        <translation>Ordner der Bilder</translation>
    </message>
    <message>
        <source>Folder to write to</source>
        <translation>Zielordner</translation>
    </message>
    <message>
        <source>Average over mirrored views (slower)</source>
        <translation>Über gespiegelte Ansichten mitteln (langsamer)</translation>
    </message>
    <message>
        <source>Also pictures with the outlines drawn in</source>
        <translation>Auch Bilder mit eingezeichneten Umrissen</translation>
    </message>
    <message>
        <source>Predict in the background</source>
        <translation>Im Hintergrund vorhersagen</translation>
    </message>
    <message>
        <source>What would be predicted</source>
        <translation>Was vorhergesagt würde</translation>
    </message>
    <message>
        <source>MODEL</source>
        <translation>MODELL</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Folds</source>
        <translation>Folds</translation>
    </message>
    <message>
        <source>Checkpoint</source>
        <translation>Checkpoint</translation>
    </message>
    <message>
        <source>Final: after the last epoch</source>
        <translation>Letzter: nach der letzten Epoche</translation>
    </message>
    <message>
        <source>Best on the validation</source>
        <translation>Bester auf der Validierung</translation>
    </message>
    <message>
        <source>IMAGES</source>
        <translation>BILDER</translation>
    </message>
    <message>
        <source>WRITE TO</source>
        <translation>ZIEL</translation>
    </message>
    <message>
        <source>%1 (in use)</source>
        <translation>%1 (in Gebrauch)</translation>
    </message>
    <message>
        <source>Another model, or results of nnU-Net…</source>
        <translation>Anderes Modell oder Ergebnisse von nnU-Net …</translation>
    </message>
    <message>
        <source>Model and folders are being looked at</source>
        <translation>Modell und Ordner werden geprüft</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) will be predicted.</source>
        <translation>
            <numerusform>%n Bild wird vorhergesagt.</numerusform>
            <numerusform>%n Bilder werden vorhergesagt.</numerusform>
        </translation>
    </message>
    <message>
        <source>All together (%1)</source>
        <translation>Alle gemeinsam (%1)</translation>
    </message>
    <message>
        <source>Fold %1 alone</source>
        <translation>Nur Fold %1</translation>
    </message>
    <message>
        <source>The one that was trained on all cases</source>
        <translation>Der auf allen Fällen trainierte</translation>
    </message>
    <message>
        <source>Prediction of %1</source>
        <translation>Vorhersage von %1</translation>
    </message>
    <message>
        <source>The prediction could not be started.</source>
        <translation>Die Vorhersage konnte nicht gestartet werden.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::PredictionController</name>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>Open an image first.</source>
        <translation>Öffnen Sie zuerst ein Bild.</translation>
    </message>
    <message>
        <source>The program guidino was not found beside this one.</source>
        <translation>Das Programm guidino wurde neben diesem nicht gefunden.</translation>
    </message>
    <message>
        <source>The model is not running.</source>
        <translation>Das Modell läuft nicht.</translation>
    </message>
    <message>
        <source>Choose a model first.</source>
        <translation>Wählen Sie zuerst ein Modell.</translation>
    </message>
    <message>
        <source>The model&apos;s process ended; restart it first.</source>
        <translation>Der Prozess des Modells ist beendet; starten Sie ihn zuerst neu.</translation>
    </message>
    <message>
        <source>The model %1 could not be loaded.</source>
        <translation>Das Modell %1 konnte nicht geladen werden.</translation>
    </message>
    <message>
        <source>The image could not be predicted.</source>
        <translation>Für das Bild gelang keine Vorhersage.</translation>
    </message>
    <message>
        <source>The model&apos;s process ended unexpectedly. Your labels are safe.</source>
        <translation>Der Prozess des Modells endete unerwartet. Ihre Labels sind sicher.</translation>
    </message>
    <message>
        <source>The program guidino is of another version than this window.</source>
        <translation>Das Programm guidino hat eine andere Version als dieses Fenster.</translation>
    </message>
    <message>
        <source>The model ran out of memory. Your labels are safe.</source>
        <translation>Dem Modell ging der Speicher aus. Ihre Labels sind sicher.</translation>
    </message>
    <message>
        <source>The prediction could not be read.</source>
        <translation>Die Vorhersage konnte nicht gelesen werden.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::Preflight</name>
    <message>
        <source>The program guidino ended without an answer.</source>
        <translation>Das Programm guidino endete ohne Antwort.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ProjectController</name>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>Unsaved labels could not be kept safe.</source>
        <translation>Ungespeicherte Labels konnten nicht gesichert werden.</translation>
    </message>
    <message>
        <source>%1 could not be opened.</source>
        <translation>%1 konnte nicht geöffnet werden.</translation>
    </message>
    <message>
        <source>The project&apos;s folder cannot be reached. Work goes on with a local copy.</source>
        <translation>Der Ordner des Projekts ist nicht erreichbar. Die Arbeit geht mit einer lokalen Kopie weiter.</translation>
    </message>
    <message>
        <source>The project could not be backed up.</source>
        <translation>Das Projekt konnte nicht gesichert werden.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ProjectTasks</name>
    <message>
        <source>Something is still running. Wait for it, or cancel it.</source>
        <translation>Etwas läuft noch. Warten Sie darauf, oder brechen Sie es ab.</translation>
    </message>
    <message>
        <source>The folder could not be looked into.</source>
        <translation>Der Ordner konnte nicht angesehen werden.</translation>
    </message>
    <message>
        <source>The project could not be made.</source>
        <translation>Das Projekt konnte nicht angelegt werden.</translation>
    </message>
    <message>
        <source>The images could not be added.</source>
        <translation>Die Bilder konnten nicht hinzugefügt werden.</translation>
    </message>
    <message>
        <source>The folder could not be searched.</source>
        <translation>Der Ordner konnte nicht durchsucht werden.</translation>
    </message>
    <message>
        <source>The portable copy could not be written.</source>
        <translation>Die portable Kopie konnte nicht geschrieben werden.</translation>
    </message>
    <message>
        <source>%1 could not be imported.</source>
        <translation>%1 konnte nicht importiert werden.</translation>
    </message>
    <message>
        <source>The backups could not be read.</source>
        <translation>Die Sicherungen konnten nicht gelesen werden.</translation>
    </message>
    <message>
        <source>The backup could not be restored.</source>
        <translation>Die Sicherung konnte nicht wiederhergestellt werden.</translation>
    </message>
    <message>
        <source>What came back cannot be shown.</source>
        <translation>Was zurückkam, kann nicht gezeigt werden.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ProjectUi</name>
    <message>
        <source>&amp;New project…</source>
        <translation>&amp;Neues Projekt …</translation>
    </message>
    <message>
        <source>Open pro&amp;ject…</source>
        <translation>Pro&amp;jekt öffnen …</translation>
    </message>
    <message>
        <source>&amp;Add images…</source>
        <translation>&amp;Bilder hinzufügen …</translation>
    </message>
    <message>
        <source>&amp;Find missing images…</source>
        <translation>&amp;Fehlende Bilder suchen …</translation>
    </message>
    <message>
        <source>Export a &amp;portable copy…</source>
        <translation>&amp;Portable Kopie exportieren …</translation>
    </message>
    <message>
        <source>&amp;Import a portable copy…</source>
        <translation>Portable Kopie &amp;importieren …</translation>
    </message>
    <message>
        <source>&amp;Back up now</source>
        <translation>Jetzt &amp;sichern</translation>
    </message>
    <message>
        <source>Bac&amp;kups…</source>
        <translation>Siche&amp;rungen …</translation>
    </message>
    <message>
        <source>&amp;Classes…</source>
        <translation>&amp;Klassen …</translation>
    </message>
    <message>
        <source>&amp;Tags of the selected images…</source>
        <translation>&amp;Tags der gewählten Bilder …</translation>
    </message>
    <message>
        <source>Add DINOv3 or DINOv2 &amp;weights…</source>
        <translation>DINOv3- oder DINOv2-&amp;Gewichte hinzufügen …</translation>
    </message>
    <message>
        <source>&amp;Start page</source>
        <translation>&amp;Startseite</translation>
    </message>
    <message>
        <source>Folder of images for the new project</source>
        <translation>Ordner mit Bildern für das neue Projekt</translation>
    </message>
    <message>
        <source>Folder of images to add</source>
        <translation>Ordner mit Bildern zum Hinzufügen</translation>
    </message>
    <message>
        <source>Folder below which the missing images are</source>
        <translation>Ordner, unter dem die fehlenden Bilder liegen</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) were added.</source>
        <translation>
            <numerusform>%n Bild wurde hinzugefügt.</numerusform>
            <numerusform>%n Bilder wurden hinzugefügt.</numerusform>
        </translation>
    </message>
    <message>
        <source>All of these images are in the project already.</source>
        <translation>Alle diese Bilder sind schon im Projekt.</translation>
    </message>
    <message>
        <source>All missing images were found.</source>
        <translation>Alle fehlenden Bilder wurden gefunden.</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) were found.</source>
        <translation>
            <numerusform>%n Bild wurde gefunden.</numerusform>
            <numerusform>%n Bilder wurden gefunden.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n are still missing.</source>
        <translation>
            <numerusform>%n fehlt noch.</numerusform>
            <numerusform>%n fehlen noch.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) could not be copied and stay where they are.</source>
        <translation>
            <numerusform>%n Bild konnte nicht kopiert werden und bleibt, wo es ist.</numerusform>
            <numerusform>%n Bilder konnten nicht kopiert werden und bleiben, wo sie sind.</numerusform>
        </translation>
    </message>
    <message>
        <source>Open a project or a folder first.</source>
        <translation>Öffnen Sie zuerst ein Projekt oder einen Ordner.</translation>
    </message>
    <message>
        <source>The project is open for reading only.</source>
        <translation>Das Projekt ist nur zum Lesen geöffnet.</translation>
    </message>
    <message>
        <source>Somebody works on this project</source>
        <translation>Jemand arbeitet an diesem Projekt</translation>
    </message>
    <message>
        <source>%1 on %2 has it open since %3.</source>
        <translation>%1 an %2 hat es seit %3 geöffnet.</translation>
    </message>
    <message>
        <source>Reading only changes nothing. Taking over is for a program that no longer runs: if it still does, what is done there meanwhile may be lost.</source>
        <translation>Nur zu lesen ändert nichts. Übernehmen ist für ein Programm, das nicht mehr läuft: Läuft es doch noch, kann verloren gehen, was dort inzwischen geschieht.</translation>
    </message>
    <message>
        <source>Open for reading only</source>
        <translation>Nur zum Lesen öffnen</translation>
    </message>
    <message>
        <source>Take over</source>
        <translation>Übernehmen</translation>
    </message>
    <message>
        <source>Open a project</source>
        <translation>Ein Projekt öffnen</translation>
    </message>
    <message>
        <source>Projects and portable copies (%1)</source>
        <translation>Projekte und portable Kopien (%1)</translation>
    </message>
    <message>
        <source>Import a portable copy</source>
        <translation>Portable Kopie importieren</translation>
    </message>
    <message>
        <source>Portable copies (%1)</source>
        <translation>Portable Kopien (%1)</translation>
    </message>
</context>
<context>
    <name>guidino::ui::PromptTool</name>
    <message>
        <source>Return takes it away</source>
        <translation>Die Eingabetaste nimmt es weg</translation>
    </message>
    <message>
        <source>Return takes it</source>
        <translation>Die Eingabetaste übernimmt es</translation>
    </message>
    <message>
        <source>Return takes the model&apos;s object away</source>
        <translation>Eingabetaste nimmt das Objekt des Modells weg</translation>
    </message>
    <message>
        <source>Return takes the model&apos;s object</source>
        <translation>Eingabetaste übernimmt das Objekt des Modells</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ReadOut</name>
    <message>
        <source>guide %1 (p%2 of the image)</source>
        <translation>Guide %1 (P%2 des Bildes)</translation>
    </message>
    <message>
        <source>prediction %1</source>
        <translation>Vorhersage %1</translation>
    </message>
    <message>
        <source>label %1</source>
        <translation>Label %1</translation>
    </message>
    <message>
        <source>a few seconds</source>
        <translation>ein paar Sekunden</translation>
    </message>
    <message>
        <source>about %1 s</source>
        <translation>etwa %1 s</translation>
    </message>
    <message>
        <source>about %1 min</source>
        <translation>etwa %1 min</translation>
    </message>
    <message>
        <source>about %1 h %2 min</source>
        <translation>etwa %1 h %2 min</translation>
    </message>
    <message>
        <source>%1 px</source>
        <translation>%1 px</translation>
    </message>
    <message>
        <source>%1 mm (%2)</source>
        <translation>%1 mm (%2)</translation>
    </message>
    <message>
        <source>%1 px²</source>
        <translation>%1 px²</translation>
    </message>
    <message>
        <source>%1 mm² (%2)</source>
        <translation>%1 mm² (%2)</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ReadersDialog</name>
    <message>
        <source>Compare the readers</source>
        <translation>Die Leser vergleichen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Readers</source>
        <translation>Leser</translation>
    </message>
    <message>
        <source>Split for a reader</source>
        <translation>Für einen Leser aufteilen</translation>
    </message>
    <message>
        <source>Merge a reader&apos;s work</source>
        <translation>Die Arbeit eines Lesers zusammenführen</translation>
    </message>
    <message>
        <source>What does not agree</source>
        <translation>Was nicht übereinstimmt</translation>
    </message>
    <message>
        <source>Case</source>
        <translation>Fall</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Name of the reader</source>
        <translation>Name des Lesers</translation>
    </message>
    <message>
        <source>Name or code of the reader</source>
        <translation>Name oder Kürzel des Lesers</translation>
    </message>
    <message>
        <source>Images for the reader</source>
        <translation>Bilder für den Leser</translation>
    </message>
    <message>
        <source>All images</source>
        <translation>Alle Bilder</translation>
    </message>
    <message>
        <source>Images that are not decided</source>
        <translation>Bilder ohne Entscheidung</translation>
    </message>
    <message>
        <source>Images that are decided</source>
        <translation>Bilder mit Entscheidung</translation>
    </message>
    <message>
        <source>With predictions to judge and correct</source>
        <translation>Mit Vorhersagen zum Beurteilen und Korrigieren</translation>
    </message>
    <message>
        <source>Package to write</source>
        <translation>Zu schreibendes Paket</translation>
    </message>
    <message>
        <source>Packages (%1)</source>
        <translation>Pakete (%1)</translation>
    </message>
    <message>
        <source>Write the package</source>
        <translation>Das Paket schreiben</translation>
    </message>
    <message>
        <source>Reader</source>
        <translation>Leser</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Package</source>
        <translation>Paket</translation>
    </message>
    <message>
        <source>The reader gets the pictures under pseudonyms, redacted and without EXIF, and nothing of what others drew, decided or noted.</source>
        <translation>Der Leser bekommt die Bilder unter Pseudonymen, geschwärzt und ohne EXIF, und nichts von dem, was andere gezeichnet, entschieden oder notiert haben.</translation>
    </message>
    <message>
        <source>Package of the reader</source>
        <translation>Paket des Lesers</translation>
    </message>
    <message>
        <source>Merge</source>
        <translation>Zusammenführen</translation>
    </message>
    <message>
        <source>Labels, decisions, notes and guide corrections find their images by content and stay the reader&apos;s own. Nothing that is here is changed; merging twice adds nothing.</source>
        <translation>Labels, Entscheidungen, Notizen und Guide-Korrekturen finden ihre Bilder über den Inhalt und bleiben die des Lesers. Nichts, was hier ist, wird geändert; zweimal zusammenzuführen fügt nichts hinzu.</translation>
    </message>
    <message>
        <source>There is no such image.</source>
        <translation>Ein solches Bild gibt es nicht.</translation>
    </message>
    <message>
        <source>The package was not written. %1</source>
        <translation>Das Paket wurde nicht geschrieben. %1</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) are in %1.</source>
        <translation>
            <numerusform>%n Bild ist in %1.</numerusform>
            <numerusform>%n Bilder sind in %1.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) could not be read and are not in it.</source>
        <translation>
            <numerusform>%n Bild konnte nicht gelesen werden und fehlt darin.</numerusform>
            <numerusform>%n Bilder konnten nicht gelesen werden und fehlen darin.</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing was merged: the audit trail of this package was changed.</source>
        <translation>Nichts wurde zusammengeführt: Der Prüfpfad dieses Pakets wurde geändert.</translation>
    </message>
    <message>
        <source>Not everything was merged. %1</source>
        <translation>Nicht alles wurde zusammengeführt. %1</translation>
    </message>
    <message>
        <source>%1: %2 images, %3 label maps, %4 decisions, %5 notes, %6 guide corrections are new; %7 conflicts.</source>
        <translation>%1: %2 Bilder, %3 Labelkarten, %4 Entscheidungen, %5 Notizen, %6 Guide-Korrekturen sind neu; %7 Konflikte.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Name the reader first</source>
        <translation>Nennen Sie zuerst den Leser</translation>
    </message>
    <message>
        <source>Name the package first</source>
        <translation>Nennen Sie zuerst das Paket</translation>
    </message>
    <message>
        <source>The project is open for reading only</source>
        <translation>Das Projekt ist nur zum Lesen geöffnet</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ReasonsDialog</name>
    <message>
        <source>Reasons of decisions</source>
        <translation>Gründe von Entscheidungen</translation>
    </message>
    <message>
        <source>A digit gives the next decision its reason. Empty ones are not offered; decisions that were made keep their words.</source>
        <translation>Eine Ziffer gibt der nächsten Entscheidung ihren Grund. Leere werden nicht angeboten; getroffene Entscheidungen behalten ihren Wortlaut.</translation>
    </message>
    <message>
        <source>Reason %1</source>
        <translation>Grund %1</translation>
    </message>
</context>
<context>
    <name>guidino::ui::RecordPage</name>
    <message>
        <source>Copy as command line</source>
        <translation>Als Befehlszeile kopieren</translation>
    </message>
    <message>
        <source>Copy all</source>
        <translation>Alles kopieren</translation>
    </message>
    <message>
        <source>Filter: names and values</source>
        <translation>Filter: Namen und Werte</translation>
    </message>
    <message>
        <source>Words that rows must have</source>
        <translation>Wörter, die Zeilen enthalten müssen</translation>
    </message>
    <message>
        <source>Settings, data and versions of the run</source>
        <translation>Einstellungen, Daten und Versionen des Laufs</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Command that makes the same run again</source>
        <translation>Befehl, der denselben Lauf noch einmal ausführt</translation>
    </message>
    <message>
        <source>The call of guidino that makes the same run, in a folder beside this one</source>
        <translation>Der Aufruf von guidino, der denselben Lauf erzeugt, in einem Ordner neben diesem</translation>
    </message>
    <message>
        <source>This page as text</source>
        <translation>Diese Seite als Text</translation>
    </message>
    <message>
        <source>Given for this run</source>
        <translation>Für diesen Lauf angegeben</translation>
    </message>
</context>
<context>
    <name>guidino::ui::RecoverySheet</name>
    <message>
        <source>Recovered labels</source>
        <translation>Wiederhergestellte Labels</translation>
    </message>
    <message>
        <source>Go back to the saved labels of all</source>
        <translation>Alle auf die gespeicherten Labels zurücksetzen</translation>
    </message>
    <message>
        <source>Keep what came back</source>
        <translation>Behalten, was zurückkam</translation>
    </message>
    <message>
        <source>Reading what came back…</source>
        <translation>Was zurückkam, wird gelesen …</translation>
    </message>
    <message numerus="yes">
        <source>%n stroke(s) that were not saved came back,</source>
        <translation>
            <numerusform>%n ungespeicherter Strich kam zurück,</numerusform>
            <numerusform>%n ungespeicherte Striche kamen zurück,</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>in %n image(s), the last from %1.</source>
        <translation>
            <numerusform>in %n Bild, der letzte von %1.</numerusform>
            <numerusform>in %n Bildern, der letzte von %1.</numerusform>
        </translation>
    </message>
    <message>
        <source>On the left what was saved, on the right what came back.</source>
        <translation>Links, was gespeichert war, rechts, was zurückkam.</translation>
    </message>
    <message>
        <source>saved labels of %1</source>
        <translation>gespeicherte Labels von %1</translation>
    </message>
    <message>
        <source>recovered labels of %1</source>
        <translation>wiederhergestellte Labels von %1</translation>
    </message>
    <message numerus="yes">
        <source>%n stroke(s)</source>
        <translation>
            <numerusform>%n Strich</numerusform>
            <numerusform>%n Striche</numerusform>
        </translation>
    </message>
    <message>
        <source>Go back to saved</source>
        <translation>Zurück zum Gespeicherten</translation>
    </message>
    <message>
        <source>Can be redone in the image&apos;s history</source>
        <translation>Lässt sich im Verlauf des Bildes wiederholen</translation>
    </message>
    <message>
        <source>Back to saved</source>
        <translation>Zurück zum Gespeicherten</translation>
    </message>
</context>
<context>
    <name>guidino::ui::RedactionDialog</name>
    <message>
        <source>All images of the project</source>
        <translation>Alle Bilder des Projekts</translation>
    </message>
    <message>
        <source>This image only</source>
        <translation>Nur dieses Bild</translation>
    </message>
    <message>
        <source>Remove the last box</source>
        <translation>Das letzte Kästchen entfernen</translation>
    </message>
    <message>
        <source>Hide burned-in identifiers</source>
        <translation>Eingebrannte Kennzeichen verbergen</translation>
    </message>
    <message>
        <source>Draw a box over names, dates and numbers that are part of the picture. It is black in exports, reports, packages for readers and in the pixels that models are trained on; the file itself is not changed.</source>
        <translation>Ziehen Sie ein Kästchen über Namen, Daten und Nummern, die Teil des Bildes sind. Es ist schwarz in Exporten, Berichten, Paketen für Leser und in den Pixeln, mit denen Modelle trainiert werden; die Datei selbst wird nicht geändert.</translation>
    </message>
    <message>
        <source>Draw boxes here</source>
        <translation>Hier Kästchen ziehen</translation>
    </message>
    <message>
        <source>Open an image first.</source>
        <translation>Öffnen Sie zuerst ein Bild.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>The boxes of this project are damaged; draw them anew.</source>
        <translation>Die Kästchen dieses Projekts sind beschädigt; zeichnen Sie sie neu.</translation>
    </message>
    <message>
        <source>%1 for all images, %2 for this one</source>
        <translation>%1 für alle Bilder, %2 für dieses</translation>
    </message>
    <message>
        <source>The box was not kept. %1</source>
        <translation>Das Kästchen wurde nicht behalten. %1</translation>
    </message>
    <message>
        <source>The project is open for reading only.</source>
        <translation>Das Projekt ist nur zum Lesen geöffnet.</translation>
    </message>
    <message>
        <source>There is no box yet; draw one on the image.</source>
        <translation>Es gibt noch kein Rechteck; zeichnen Sie eines auf das Bild.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ReviewController</name>
    <message>
        <source>The review could not be read.</source>
        <translation>Die Prüfung konnte nicht gelesen werden.</translation>
    </message>
    <message>
        <source>your edits, not stored yet</source>
        <translation>Ihre Änderungen, noch nicht gespeichert</translation>
    </message>
    <message>
        <source>prediction of model %1</source>
        <translation>Vorhersage des Modells %1</translation>
    </message>
    <message>
        <source>The decision was not recorded.</source>
        <translation>Die Entscheidung wurde nicht festgehalten.</translation>
    </message>
    <message>
        <source>The decision was not taken back.</source>
        <translation>Die Entscheidung wurde nicht zurückgenommen.</translation>
    </message>
    <message>
        <source>The note was not kept.</source>
        <translation>Die Notiz wurde nicht behalten.</translation>
    </message>
    <message>
        <source>The note was not changed.</source>
        <translation>Die Notiz wurde nicht geändert.</translation>
    </message>
    <message>
        <source>The correction was not stored.</source>
        <translation>Die Korrektur wurde nicht gespeichert.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ReviewDesk</name>
    <message>
        <source>&amp;Review desk</source>
        <translation>&amp;Prüfplatz</translation>
    </message>
    <message>
        <source>&amp;Next most valuable image</source>
        <translation>&amp;Nächstes lohnendstes Bild</translation>
    </message>
    <message>
        <source>&amp;Back to the image before</source>
        <translation>&amp;Zurück zum Bild davor</translation>
    </message>
    <message>
        <source>&amp;Predict all images</source>
        <translation>Alle Bilder &amp;vorhersagen</translation>
    </message>
    <message>
        <source>Predict all images, &amp;mirrored views too</source>
        <translation>Alle Bilder vorhersagen, auch &amp;gespiegelt</translation>
    </message>
    <message>
        <source>&amp;Compare readers</source>
        <translation>&amp;Leser vergleichen</translation>
    </message>
    <message>
        <source>&amp;Split and merge for readers…</source>
        <translation>Für Leser auf&amp;teilen und zusammenführen …</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>&amp;Exportieren …</translation>
    </message>
    <message>
        <source>&amp;Audit trail…</source>
        <translation>&amp;Prüfpfad …</translation>
    </message>
    <message>
        <source>&amp;Hide burned-in identifiers…</source>
        <translation>Eingebrannte Kennzeichen ver&amp;bergen …</translation>
    </message>
    <message>
        <source>&amp;Done correcting</source>
        <translation>&amp;Korrektur fertig</translation>
    </message>
    <message>
        <source>Every image is decided.</source>
        <translation>Jedes Bild ist entschieden.</translation>
    </message>
    <message>
        <source>Predicting all images: %1 of %2</source>
        <translation>Alle Bilder werden vorhergesagt: %1 von %2</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) are ranked by review value.</source>
        <translation>
            <numerusform>%n Bild ist nach Prüfwert geordnet.</numerusform>
            <numerusform>%n Bilder sind nach Prüfwert geordnet.</numerusform>
        </translation>
    </message>
    <message>
        <source>Correction</source>
        <translation>Korrektur</translation>
    </message>
    <message>
        <source>Correcting %1. Then back to the review:</source>
        <translation>%1 wird korrigiert. Danach zurück zur Prüfung:</translation>
    </message>
    <message>
        <source>Not predicted yet</source>
        <translation>Noch nicht vorhergesagt</translation>
    </message>
    <message>
        <source>Next image that is not &amp;decided</source>
        <translation>Nächstes nicht &amp;entschiedenes Bild</translation>
    </message>
    <message>
        <source>Pre&amp;vious image that is not decided</source>
        <translation>&amp;Voriges Bild ohne Entscheidung</translation>
    </message>
    <message>
        <source>No other image is left to be decided.</source>
        <translation>Kein anderes Bild ist mehr zu entscheiden.</translation>
    </message>
    <message>
        <source>Open a folder or a project first.</source>
        <translation>Öffnen Sie zuerst einen Ordner oder ein Projekt.</translation>
    </message>
    <message>
        <source>The review has keys of its own.</source>
        <translation>Die Begutachtung hat eigene Tasten.</translation>
    </message>
    <message>
        <source>The project is open for reading only.</source>
        <translation>Das Projekt ist nur zum Lesen geöffnet.</translation>
    </message>
    <message>
        <source>Open an image first.</source>
        <translation>Öffnen Sie zuerst ein Bild.</translation>
    </message>
    <message>
        <source>It ends a correction that began in the review (E).</source>
        <translation>Es beendet eine Korrektur, die in der Begutachtung begann (E).</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ReviewKeys</name>
    <message>
        <source>Accept</source>
        <translation>Annehmen</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>Ablehnen</translation>
    </message>
    <message>
        <source>Unsure</source>
        <translation>Unsicher</translation>
    </message>
    <message>
        <source>Correct</source>
        <translation>Korrigieren</translation>
    </message>
    <message>
        <source>Note at the pointer</source>
        <translation>Notiz am Mauszeiger</translation>
    </message>
    <message>
        <source>Take the last decision back</source>
        <translation>Letzte Entscheidung zurücknehmen</translation>
    </message>
    <message>
        <source>Back to the image before</source>
        <translation>Zurück zum vorigen Bild</translation>
    </message>
    <message>
        <source>Pass over</source>
        <translation>Übergehen</translation>
    </message>
    <message>
        <source>Leave the review</source>
        <translation>Begutachtung verlassen</translation>
    </message>
    <message>
        <source>The bare image, while held</source>
        <translation>Nur das Bild, solange gedrückt</translation>
    </message>
    <message>
        <source>Reason %1</source>
        <translation>Grund %1</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ReviewPage</name>
    <message>
        <source>Image under review</source>
        <translation>Bild in Prüfung</translation>
    </message>
    <message>
        <source>The image is being read…</source>
        <translation>Das Bild wird gelesen …</translation>
    </message>
    <message>
        <source>Note; Enter keeps it, Esc drops it</source>
        <translation>Notiz; die Eingabetaste behält sie, Esc verwirft sie</translation>
    </message>
    <message>
        <source>Text of the note</source>
        <translation>Text der Notiz</translation>
    </message>
    <message>
        <source>REVIEW</source>
        <translation>PRÜFUNG</translation>
    </message>
    <message>
        <source>Decided images</source>
        <translation>Entschiedene Bilder</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>NOTES</source>
        <translation>NOTIZEN</translation>
    </message>
    <message>
        <source>WHY THIS IMAGE</source>
        <translation>WARUM DIESES BILD</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>Reihenfolge</translation>
    </message>
    <message>
        <source>Which reasons decide what comes next</source>
        <translation>Welche Gründe entscheiden, was als Nächstes kommt</translation>
    </message>
    <message>
        <source>The guide of this image</source>
        <translation>Der Guide dieses Bildes</translation>
    </message>
    <message>
        <source>The guide: where the network was told to look</source>
        <translation>Der Guide: wohin das Netz schauen sollte</translation>
    </message>
    <message>
        <source>JUDGED</source>
        <translation>BEURTEILT</translation>
    </message>
    <message>
        <source>%1  (%2)</source>
        <translation>%1  (%2)</translation>
    </message>
    <message>
        <source>Correct</source>
        <translation>Korrigieren</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Reader</source>
        <translation>Leser</translation>
    </message>
    <message>
        <source>Name of the reader</source>
        <translation>Name des Lesers</translation>
    </message>
    <message>
        <source>Decisions, notes and labels are signed with this name</source>
        <translation>Entscheidungen, Notizen und Labels tragen diesen Namen</translation>
    </message>
    <message>
        <source>Hide other readers&apos; work</source>
        <translation>Die Arbeit anderer Leser verbergen</translation>
    </message>
    <message>
        <source>Labels, decisions and notes of others are shown after you decided</source>
        <translation>Labels, Entscheidungen und Notizen anderer erscheinen, nachdem Sie entschieden haben</translation>
    </message>
    <message>
        <source>Record time per image</source>
        <translation>Zeit je Bild festhalten</translation>
    </message>
    <message>
        <source>Seconds per image go into the audit trail of this project</source>
        <translation>Sekunden je Bild kommen in den Prüfpfad dieses Projekts</translation>
    </message>
    <message>
        <source>No image</source>
        <translation>Kein Bild</translation>
    </message>
    <message>
        <source>…</source>
        <translation>…</translation>
    </message>
    <message>
        <source>nothing: no label and no prediction</source>
        <translation>nichts: kein Label und keine Vorhersage</translation>
    </message>
    <message>
        <source>The project is open for reading only</source>
        <translation>Das Projekt ist nur zum Lesen geöffnet</translation>
    </message>
    <message>
        <source>%1 of %2 decided</source>
        <translation>%1 von %2 entschieden</translation>
    </message>
    <message>
        <source>readers disagree</source>
        <translation>Leser uneins</translation>
    </message>
    <message>
        <source>No prediction yet, so no reason. Predict all images to rank them.</source>
        <translation>Noch keine Vorhersage, also kein Grund. Sagen Sie alle Bilder vorher, um sie zu ordnen.</translation>
    </message>
    <message>
        <source>Reason for the next answer: %1 (%2)</source>
        <translation>Grund für die nächste Antwort: %1 (%2)</translation>
    </message>
    <message>
        <source>%1  %2</source>
        <translation>%1  %2</translation>
    </message>
    <message>
        <source>%1, %2. Ticked: settled</source>
        <translation>%1, %2. Angekreuzt: erledigt</translation>
    </message>
    <message>
        <source>Point at a place and press C.</source>
        <translation>Zeigen Sie auf eine Stelle und drücken Sie C.</translation>
    </message>
    <message>
        <source>All reasons are left out, so the images come in their order.</source>
        <translation>Alle Gründe sind ausgelassen, daher kommen die Bilder in ihrer Reihenfolge.</translation>
    </message>
    <message>
        <source>Rank without this reason: %1</source>
        <translation>Rang ohne diesen Grund: %1</translation>
    </message>
    <message numerus="yes">
        <source>%n reason(s) left out: rank by all again</source>
        <translation>
            <numerusform>%n Grund ausgelassen: wieder nach allen ordnen</numerusform>
            <numerusform>%n Gründe ausgelassen: wieder nach allen ordnen</numerusform>
        </translation>
    </message>
    <message>
        <source>Reasons…</source>
        <translation>Gründe …</translation>
    </message>
    <message>
        <source>What the digits 1 to 9 stand for in this project</source>
        <translation>Wofür die Ziffern 1 bis 9 in diesem Projekt stehen</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ReviewScan</name>
    <message>
        <source>Choose a model first.</source>
        <translation>Wählen Sie zuerst ein Modell.</translation>
    </message>
    <message>
        <source>Predictions are being made.</source>
        <translation>Vorhersagen werden gemacht.</translation>
    </message>
    <message>
        <source>The predictions could not be kept.</source>
        <translation>Die Vorhersagen konnten nicht behalten werden.</translation>
    </message>
    <message>
        <source>All images have predictions of this model.</source>
        <translation>Alle Bilder haben Vorhersagen dieses Modells.</translation>
    </message>
    <message numerus="yes">
        <source>Prediction of %n image(s)</source>
        <translation>
            <numerusform>Vorhersage von %n Bild</numerusform>
            <numerusform>Vorhersage von %n Bildern</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Mirrored views of %n image(s)</source>
        <translation>
            <numerusform>Gespiegelte Ansichten von %n Bild</numerusform>
            <numerusform>Gespiegelte Ansichten von %n Bildern</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::ReviewText</name>
    <message>
        <source>guide and prediction agree (IoU %1)</source>
        <translation>Guide und Vorhersage stimmen überein (IoU %1)</translation>
    </message>
    <message>
        <source>guide and prediction disagree (IoU %1)</source>
        <translation>Guide und Vorhersage stimmen nicht überein (IoU %1)</translation>
    </message>
    <message>
        <source>mirrored views disagree (%1)</source>
        <translation>gespiegelte Ansichten sind uneins (%1)</translation>
    </message>
    <message>
        <source>the model is unsure (%1 bit)</source>
        <translation>das Modell ist unsicher (%1 Bit)</translation>
    </message>
    <message>
        <source>nothing was found</source>
        <translation>nichts wurde gefunden</translation>
    </message>
    <message numerus="yes">
        <source>%n part(s)</source>
        <translation>
            <numerusform>%n Teil</numerusform>
            <numerusform>%n Teile</numerusform>
        </translation>
    </message>
    <message>
        <source>small for this project (z %1)</source>
        <translation>klein für dieses Projekt (z %1)</translation>
    </message>
    <message>
        <source>large for this project (z +%1)</source>
        <translation>groß für dieses Projekt (z +%1)</translation>
    </message>
    <message>
        <source>Guide against prediction</source>
        <translation>Guide gegen Vorhersage</translation>
    </message>
    <message>
        <source>Mirrored views</source>
        <translation>Gespiegelte Ansichten</translation>
    </message>
    <message>
        <source>Uncertainty</source>
        <translation>Unsicherheit</translation>
    </message>
    <message>
        <source>Number of parts</source>
        <translation>Zahl der Teile</translation>
    </message>
    <message>
        <source>Unusual area</source>
        <translation>Ungewöhnliche Fläche</translation>
    </message>
    <message>
        <source>IoU of the prediction with as many of the guide&apos;s highest tokens</source>
        <translation>IoU der Vorhersage mit ebenso vielen der höchsten Tokens des Guide</translation>
    </message>
    <message>
        <source>How much the probabilities change when mirrored views are averaged</source>
        <translation>Wie sehr sich die Wahrscheinlichkeiten ändern, wenn über gespiegelte Ansichten gemittelt wird</translation>
    </message>
    <message>
        <source>Mean entropy of the probabilities where the object may be</source>
        <translation>Mittlere Entropie der Wahrscheinlichkeiten dort, wo das Objekt sein kann</translation>
    </message>
    <message>
        <source>More or fewer parts than is usual in this project, or none</source>
        <translation>Mehr oder weniger Teile als in diesem Projekt üblich, oder keines</translation>
    </message>
    <message>
        <source>Area against the usual in this project, in robust standard deviations</source>
        <translation>Fläche gegen das Übliche in diesem Projekt, in robusten Standardabweichungen</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>angenommen</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>unsure</source>
        <translation>unsicher</translation>
    </message>
    <message>
        <source>taken back</source>
        <translation>zurückgenommen</translation>
    </message>
    <message>
        <source>not reviewed</source>
        <translation>nicht geprüft</translation>
    </message>
    <message>
        <source>edited since it was judged</source>
        <translation>seit der Beurteilung bearbeitet</translation>
    </message>
    <message>
        <source>accepted from model %1</source>
        <translation>angenommen vom Modell %1</translation>
    </message>
    <message>
        <source>adjudicated</source>
        <translation>geschlichtet</translation>
    </message>
    <message>
        <source>imported</source>
        <translation>importiert</translation>
    </message>
    <message>
        <source>drawn</source>
        <translation>gezeichnet</translation>
    </message>
    <message>
        <source>%1, corrected</source>
        <translation>%1, korrigiert</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>%1 and %2 drew differently (DSC %3)</source>
        <translation>%1 und %2 haben verschieden gezeichnet (DSC %3)</translation>
    </message>
    <message>
        <source>%1 and %2 judged differently</source>
        <translation>%1 und %2 haben verschieden geurteilt</translation>
    </message>
    <message>
        <source>Both corrected the guide; the one that was here is kept</source>
        <translation>Beide haben den Guide korrigiert; die hiesige Korrektur bleibt</translation>
    </message>
    <message>
        <source>This project has no such image</source>
        <translation>Dieses Projekt hat kein solches Bild</translation>
    </message>
    <message>
        <source>Several images have this content; the first was taken</source>
        <translation>Mehrere Bilder haben diesen Inhalt; das erste wurde genommen</translation>
    </message>
    <message>
        <source>The package has other classes than this project</source>
        <translation>Das Paket hat andere Klassen als dieses Projekt</translation>
    </message>
    <message>
        <source>Boundary</source>
        <translation>Rand</translation>
    </message>
    <message>
        <source>Part missed</source>
        <translation>Teil fehlt</translation>
    </message>
    <message>
        <source>Too much</source>
        <translation>Zu viel</translation>
    </message>
    <message>
        <source>Wrong object</source>
        <translation>Falsches Objekt</translation>
    </message>
    <message>
        <source>Wrong class</source>
        <translation>Falsche Klasse</translation>
    </message>
    <message>
        <source>Image quality</source>
        <translation>Bildqualität</translation>
    </message>
    <message>
        <source>Artefact</source>
        <translation>Artefakt</translation>
    </message>
    <message>
        <source>Ambiguous</source>
        <translation>Mehrdeutig</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>Anderes</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>about %1 min</source>
        <translation>etwa %1 min</translation>
    </message>
    <message>
        <source>nearly the same picture as %1, which was rejected</source>
        <translation>fast dasselbe Bild wie %1, das abgelehnt wurde</translation>
    </message>
    <message>
        <source>Near-duplicate of a rejected case</source>
        <translation>Fast identisch mit einem abgelehnten Fall</translation>
    </message>
    <message>
        <source>The picture differs in at most %1 of 64 coarse details from one that was rejected</source>
        <translation>Das Bild weicht in höchstens %1 von 64 groben Einzelheiten von einem abgelehnten ab</translation>
    </message>
    <message>
        <source>majority of the readers</source>
        <translation>Mehrheit der Leser</translation>
    </message>
    <message>
        <source>STAPLE of the readers</source>
        <translation>STAPLE der Leser</translation>
    </message>
    <message>
        <source>%1, parts from model %2</source>
        <translation>%1, Teile aus Modell %2</translation>
    </message>
</context>
<context>
    <name>guidino::ui::RunChartView</name>
    <message>
        <source>log</source>
        <translation>log</translation>
    </message>
    <message numerus="yes">
        <source>%n value(s) not above 0 left out</source>
        <translation>
            <numerusform>%n Wert nicht über 0 ausgelassen</numerusform>
            <numerusform>%n Werte nicht über 0 ausgelassen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::RunCharts</name>
    <message>
        <source>Loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Validation</source>
        <translation>Validierung</translation>
    </message>
    <message>
        <source>Within the epoch</source>
        <translation>Innerhalb der Epoche</translation>
    </message>
    <message>
        <source>Parts of the training loss</source>
        <translation>Anteile des Trainingsverlusts</translation>
    </message>
    <message>
        <source>Cross entropy</source>
        <translation>Kreuzentropie</translation>
    </message>
    <message>
        <source>Soft Dice</source>
        <translation>Weicher Dice</translation>
    </message>
    <message>
        <source>Guide</source>
        <translation>Guide</translation>
    </message>
    <message>
        <source>Boundary hinge</source>
        <translation>Rand-Hinge</translation>
    </message>
    <message>
        <source>Prototypes</source>
        <translation>Prototypen</translation>
    </message>
    <message>
        <source>DSC and IoU on the validation images</source>
        <translation>DSC und IoU auf den Validierungsbildern</translation>
    </message>
    <message>
        <source>DSC</source>
        <translation>DSC</translation>
    </message>
    <message>
        <source>IoU</source>
        <translation>IoU</translation>
    </message>
    <message>
        <source>HD95 on the validation images</source>
        <translation>HD95 auf den Validierungsbildern</translation>
    </message>
    <message>
        <source>px</source>
        <translation>px</translation>
    </message>
    <message>
        <source>HD95</source>
        <translation>HD95</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>Lernrate</translation>
    </message>
    <message>
        <source>Guide on the training images</source>
        <translation>Guide auf den Trainingsbildern</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>Mittelwert</translation>
    </message>
    <message>
        <source>Standard deviation</source>
        <translation>Standardabweichung</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Geschwindigkeit</translation>
    </message>
    <message>
        <source>images/s</source>
        <translation>Bilder/s</translation>
    </message>
    <message>
        <source>Images per second</source>
        <translation>Bilder pro Sekunde</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>MiB</source>
        <translation>MiB</translation>
    </message>
    <message>
        <source>Process</source>
        <translation>Prozess</translation>
    </message>
    <message>
        <source>GPU, highest</source>
        <translation>GPU, höchster Wert</translation>
    </message>
    <message>
        <source>Time of an epoch</source>
        <translation>Dauer einer Epoche</translation>
    </message>
    <message>
        <source>s</source>
        <translation>s</translation>
    </message>
    <message>
        <source>DSC by class</source>
        <translation>DSC nach Klasse</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>Best model so far: %1</source>
        <translation>Bestes Modell bisher: %1</translation>
    </message>
    <message>
        <source>Learning rate %1</source>
        <translation>Lernrate %1</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Pausiert</translation>
    </message>
    <message>
        <source>Resumed</source>
        <translation>Fortgesetzt</translation>
    </message>
    <message>
        <source>Continued from a checkpoint</source>
        <translation>Von einem Checkpoint fortgesetzt</translation>
    </message>
    <message>
        <source>Stopped and kept</source>
        <translation>Angehalten und behalten</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Fehlgeschlagen</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation>Epoche</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Minutes</source>
        <translation>Minuten</translation>
    </message>
    <message>
        <source>Further terms</source>
        <translation>Weitere Terme</translation>
    </message>
</context>
<context>
    <name>guidino::ui::RunList</name>
    <message>
        <source>DSC %1</source>
        <translation>DSC %1</translation>
    </message>
    <message>
        <source>Add a run…</source>
        <translation>Lauf hinzufügen…</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Runs to compare</source>
        <translation>Läufe zum Vergleichen</translation>
    </message>
    <message>
        <source>Tick runs to lay their curves over each other; double click to look at one alone</source>
        <translation>Läufe ankreuzen, um ihre Kurven übereinanderzulegen; Doppelklick, um einen allein anzusehen</translation>
    </message>
    <message>
        <source>Show the folder of a run from elsewhere</source>
        <translation>Ordner eines Laufs von anderswo zeigen</translation>
    </message>
    <message>
        <source>Choose the folder of a run</source>
        <translation>Ordner eines Laufs wählen</translation>
    </message>
    <message>
        <source>There is no run in %1: a run has messages.jsonl or metrics.csv.</source>
        <translation>In %1 gibt es keinen Lauf: Zu einem Lauf gehört messages.jsonl oder metrics.csv.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::RunRecord</name>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>Programm</translation>
    </message>
    <message>
        <source>LibTorch</source>
        <translation>LibTorch</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Threads</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Seed</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>Rezept</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>Daten</translation>
    </message>
    <message>
        <source>Path</source>
        <translation>Pfad</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation>Aufbau</translation>
    </message>
    <message>
        <source>SHA-256 of images, masks and lists</source>
        <translation>SHA-256 von Bildern, Masken und Listen</translation>
    </message>
    <message>
        <source>Training images</source>
        <translation>Trainingsbilder</translation>
    </message>
    <message>
        <source>Validation images</source>
        <translation>Validierungsbilder</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>Klassen</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>Profil</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>Guide backbone</source>
        <translation>Backbone des Guide</translation>
    </message>
    <message>
        <source>SHA-256 of the guide backbone</source>
        <translation>SHA-256 des Guide-Backbones</translation>
    </message>
    <message>
        <source>Started from</source>
        <translation>Ausgehend von</translation>
    </message>
    <message>
        <source>SHA-256 of the model started from</source>
        <translation>SHA-256 des Ausgangsmodells</translation>
    </message>
    <message>
        <source>run.json is damaged.</source>
        <translation>run.json ist beschädigt.</translation>
    </message>
    <message>
        <source>There is no run.json yet: it is written once the data are read.</source>
        <translation>Es gibt noch keine run.json: Sie wird geschrieben, sobald die Daten gelesen sind.</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>job.json is damaged.</source>
        <translation>job.json ist beschädigt.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::Sheet</name>
    <message>
        <source>Close (Esc)</source>
        <translation>Schließen (Esc)</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>guidino::ui::StartPage</name>
    <message>
        <source>Review, correct and teach segmentations</source>
        <translation>Segmentierungen prüfen, korrigieren und lehren</translation>
    </message>
    <message>
        <source>See where a model looks (guide), what it would mark (prediction) and what you marked (label), side by side. Correct with a brush, then fine-tune the model on this computer. No image leaves it.</source>
        <translation>Sehen Sie nebeneinander, wohin ein Modell schaut (Guide), was es markieren würde (Vorhersage) und was Sie markiert haben (Label). Korrigieren Sie mit dem Pinsel, dann bilden Sie das Modell auf diesem Rechner weiter. Kein Bild verlässt ihn.</translation>
    </message>
    <message>
        <source>Open the sample project</source>
        <translation>Das Beispielprojekt öffnen</translation>
    </message>
    <message>
        <source>36 skin images with masks and a small model: try everything at once.</source>
        <translation>36 Hautbilder mit Masken und ein kleines Modell: alles auf einmal ausprobieren.</translation>
    </message>
    <message>
        <source>New project from a folder</source>
        <translation>Neues Projekt aus einem Ordner</translation>
    </message>
    <message>
        <source>Any known layout, with or without masks. You see a preview first.</source>
        <translation>Jeder bekannte Aufbau, mit oder ohne Masken. Zuerst sehen Sie eine Vorschau.</translation>
    </message>
    <message>
        <source>Open a project</source>
        <translation>Ein Projekt öffnen</translation>
    </message>
    <message>
        <source>A project folder, or a portable copy (.gdino) from somebody else.</source>
        <translation>Ein Projektordner oder eine portable Kopie (.gdino) von jemand anderem.</translation>
    </message>
    <message>
        <source>Add DINOv3 or DINOv2 weights</source>
        <translation>DINOv3- oder DINOv2-Gewichte hinzufügen</translation>
    </message>
    <message>
        <source>Better guides. Why, how in three steps, and what works without.</source>
        <translation>Bessere Guides. Warum, wie in drei Schritten, und was ohne sie geht.</translation>
    </message>
    <message>
        <source>Or drop a folder, image files or a .gdino file here. Research use only, not a medical device.</source>
        <translation>Oder legen Sie einen Ordner, Bilddateien oder eine .gdino-Datei hier ab. Nur für die Forschung, kein Medizinprodukt.</translation>
    </message>
    <message>
        <source>%1 is not there now.</source>
        <translation>%1 ist jetzt nicht da.</translation>
    </message>
    <message>
        <source>Backups…</source>
        <translation>Sicherungen …</translation>
    </message>
    <message>
        <source>Go back to an earlier state of %1</source>
        <translation>Zu einem früheren Stand von %1 zurückgehen</translation>
    </message>
    <message>
        <source>Take %1 off this list; the project stays</source>
        <translation>%1 von dieser Liste nehmen; das Projekt bleibt</translation>
    </message>
    <message>
        <source>Take off the list</source>
        <translation>Von der Liste nehmen</translation>
    </message>
    <message>
        <source>RECENT PROJECTS</source>
        <translation>LETZTE PROJEKTE</translation>
    </message>
</context>
<context>
    <name>guidino::ui::StateText</name>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>startet</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>pausiert</translation>
    </message>
    <message>
        <source>no sign of life</source>
        <translation>kein Lebenszeichen</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>beendet</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>crashed</source>
        <translation>abgestürzt</translation>
    </message>
    <message>
        <source>unknown end</source>
        <translation>unbekanntes Ende</translation>
    </message>
    <message>
        <source>Correct the settings and start again.</source>
        <translation>Einstellungen korrigieren und neu starten.</translation>
    </message>
    <message>
        <source>Correct the files that the log names and start again.</source>
        <translation>Die im Protokoll genannten Dateien korrigieren und neu starten.</translation>
    </message>
    <message>
        <source>It ran out of memory: try a smaller batch or image size.</source>
        <translation>Der Speicher ging aus: kleineren Batch oder kleinere Bildgröße versuchen.</translation>
    </message>
    <message>
        <source>It can be tried again with the setting that the log names.</source>
        <translation>Neuer Versuch mit der im Protokoll genannten Einstellung möglich.</translation>
    </message>
    <message>
        <source>Its files cannot be written: free some space.</source>
        <translation>Die Dateien können nicht geschrieben werden: Speicherplatz freigeben.</translation>
    </message>
    <message>
        <source>It can go on from its last checkpoint.</source>
        <translation>Vom letzten Checkpoint aus fortsetzbar.</translation>
    </message>
    <message>
        <source>The log says what happened.</source>
        <translation>Im Protokoll steht, was geschehen ist.</translation>
    </message>
    <message>
        <source>Window and worker are of different versions.</source>
        <translation>Fenster und Arbeitsprozess haben verschiedene Versionen.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::StatusReadOuts</name>
    <message>
        <source>Values under the pointer</source>
        <translation>Werte unter dem Zeiger</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>Zoom</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>Nothing to save</source>
        <translation>Nichts zu speichern</translation>
    </message>
    <message numerus="yes">
        <source>%n s ago</source>
        <translation>
            <numerusform>vor %n s</numerusform>
            <numerusform>vor %n s</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n min ago</source>
        <translation>
            <numerusform>vor %n min</numerusform>
            <numerusform>vor %n min</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n mask(s) to save, kept safe %1</source>
        <translation>
            <numerusform>%n Maske zu speichern, gesichert %1</numerusform>
            <numerusform>%n Masken zu speichern, gesichert %1</numerusform>
        </translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation>Gespeichert %1</translation>
    </message>
    <message>
        <source>Each stroke is kept in the project&apos;s journal. Save (Ctrl+S) makes a revision and writes the mask files.</source>
        <translation>Jeder Strich steht im Journal des Projekts. Speichern (Strg+S) macht eine Revision und schreibt die Maskendateien.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::TagsSheet</name>
    <message>
        <source>Tags</source>
        <translation>Tags</translation>
    </message>
    <message>
        <source>Tags to add</source>
        <translation>Tags zum Hinzufügen</translation>
    </message>
    <message>
        <source>Tags to remove</source>
        <translation>Tags zum Entfernen</translation>
    </message>
    <message>
        <source>hard, second look</source>
        <translation>schwierig, zweiter Blick</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>Anwenden</translation>
    </message>
    <message>
        <source>ADD (SEPARATED BY COMMAS)</source>
        <translation>HINZUFÜGEN (DURCH KOMMAS GETRENNT)</translation>
    </message>
    <message>
        <source>REMOVE</source>
        <translation>ENTFERNEN</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n Bild</numerusform>
            <numerusform>%n Bilder</numerusform>
        </translation>
    </message>
    <message>
        <source>Tags now: %1</source>
        <translation>Tags jetzt: %1</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ThresholdTool</name>
    <message>
        <source>luminance %1 to %2</source>
        <translation>Helligkeit %1 bis %2</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ToolActions</name>
    <message>
        <source>E&amp;xperimental tools</source>
        <translation>E&amp;xperimentelle Werkzeuge</translation>
    </message>
    <message>
        <source>Tools that were slower than the brush on our test images, but may suit yours</source>
        <translation>Werkzeuge, die auf unseren Testbildern langsamer waren als der Pinsel, aber zu Ihren passen können</translation>
    </message>
    <message>
        <source>S&amp;mart brush</source>
        <translation>&amp;Schlauer Pinsel</translation>
    </message>
    <message>
        <source>Paints what looks like the place where you begin</source>
        <translation>Malt, was der Stelle gleicht, an der Sie beginnen</translation>
    </message>
    <message>
        <source>S&amp;uperpixel brush</source>
        <translation>S&amp;uperpixel-Pinsel</translation>
    </message>
    <message>
        <source>Paints whole patches of even colour</source>
        <translation>Malt ganze Flecken gleicher Farbe</translation>
    </message>
    <message>
        <source>Ig&amp;nore brush</source>
        <translation>&amp;Ignorieren-Pinsel</translation>
    </message>
    <message>
        <source>Marks what shall count for nothing</source>
        <translation>Markiert, was für nichts zählen soll</translation>
    </message>
    <message>
        <source>&amp;Lasso</source>
        <translation>&amp;Lasso</translation>
    </message>
    <message>
        <source>Fills what you encircle</source>
        <translation>Füllt, was Sie umfahren</translation>
    </message>
    <message>
        <source>Li&amp;vewire</source>
        <translation>Li&amp;vewire</translation>
    </message>
    <message>
        <source>Click along an edge; the line follows it. Return closes</source>
        <translation>Klicken Sie an einer Kante entlang; die Linie folgt ihr. Die Eingabetaste schließt</translation>
    </message>
    <message>
        <source>Magic &amp;wand</source>
        <translation>&amp;Zauberstab</translation>
    </message>
    <message>
        <source>Takes like colours; drag for more or less</source>
        <translation>Nimmt ähnliche Farben; ziehen für mehr oder weniger</translation>
    </message>
    <message>
        <source>&amp;Threshold in a box</source>
        <translation>Sch&amp;welle im Kasten</translation>
    </message>
    <message>
        <source>Drag a box; takes a range of brightness in it</source>
        <translation>Ziehen Sie einen Kasten; nimmt darin einen Bereich der Helligkeit</translation>
    </message>
    <message>
        <source>&amp;GrabCut in a box</source>
        <translation>&amp;GrabCut im Kasten</translation>
    </message>
    <message>
        <source>Drag a box around an object to find its outline</source>
        <translation>Ziehen Sie einen Kasten um ein Objekt, um seinen Umriss zu finden</translation>
    </message>
    <message>
        <source>Pro&amp;mpts</source>
        <translation>&amp;Hinweise</translation>
    </message>
    <message>
        <source>Click what belongs, right-click what does not, or drag a box. Return takes it</source>
        <translation>Klicken Sie, was dazugehört, rechts, was nicht, oder ziehen Sie einen Kasten. Die Eingabetaste übernimmt es</translation>
    </message>
    <message>
        <source>&amp;Split an object</source>
        <translation>Objekt &amp;teilen</translation>
    </message>
    <message>
        <source>Click an object to part it at its waist, or draw a cut</source>
        <translation>Klicken Sie ein Objekt, um es an der Taille zu teilen, oder ziehen Sie einen Schnitt</translation>
    </message>
    <message>
        <source>Move &amp;objects</source>
        <translation>&amp;Objekte verschieben</translation>
    </message>
    <message>
        <source>Drag an object; with Ctrl a copy. Delete removes it</source>
        <translation>Ziehen Sie ein Objekt; mit Strg eine Kopie. Entf entfernt es</translation>
    </message>
    <message>
        <source>&amp;Accept by brush</source>
        <translation>Mit dem Pinsel ü&amp;bernehmen</translation>
    </message>
    <message>
        <source>Takes over the prediction where you brush</source>
        <translation>Übernimmt die Vorhersage, wo Sie pinseln</translation>
    </message>
    <message>
        <source>P&amp;ick the class</source>
        <translation>Klasse aufne&amp;hmen</translation>
    </message>
    <message>
        <source>Takes the class under the pointer</source>
        <translation>Nimmt die Klasse unter dem Zeiger</translation>
    </message>
    <message>
        <source>&amp;Ruler</source>
        <translation>&amp;Lineal</translation>
    </message>
    <message>
        <source>Drag for a length, click an object for its area</source>
        <translation>Ziehen für eine Länge, ein Objekt klicken für seine Fläche</translation>
    </message>
    <message>
        <source>Fill &amp;holes</source>
        <translation>&amp;Löcher füllen</translation>
    </message>
    <message>
        <source>Fills the holes of the class in hand</source>
        <translation>Füllt die Löcher der gewählten Klasse</translation>
    </message>
    <message>
        <source>Keep the &amp;largest part</source>
        <translation>&amp;Größten Teil behalten</translation>
    </message>
    <message>
        <source>Remove small &amp;parts</source>
        <translation>&amp;Kleine Teile entfernen</translation>
    </message>
    <message>
        <source>Removes parts of less than 1 % of the class</source>
        <translation>Entfernt Teile von weniger als 1 % der Klasse</translation>
    </message>
    <message>
        <source>&amp;Smooth the outline</source>
        <translation>Umriss &amp;glätten</translation>
    </message>
    <message>
        <source>&amp;Grow</source>
        <translation>&amp;Wachsen</translation>
    </message>
    <message>
        <source>Moves the outline outwards</source>
        <translation>Schiebt den Umriss nach außen</translation>
    </message>
    <message>
        <source>Sh&amp;rink</source>
        <translation>Sch&amp;rumpfen</translation>
    </message>
    <message>
        <source>Moves the outline inwards</source>
        <translation>Schiebt den Umriss nach innen</translation>
    </message>
    <message>
        <source>Accept the &amp;object under the pointer</source>
        <translation>&amp;Objekt unter dem Zeiger übernehmen</translation>
    </message>
    <message>
        <source>Takes over one predicted object; on background it removes the label&apos;s</source>
        <translation>Übernimmt ein vorhergesagtes Objekt; auf Hintergrund entfernt es das des Labels</translation>
    </message>
    <message>
        <source>Accept the &amp;class in hand</source>
        <translation>Gewählte &amp;Klasse übernehmen</translation>
    </message>
    <message>
        <source>Makes one class what the model says</source>
        <translation>Macht eine Klasse so, wie das Modell sagt</translation>
    </message>
    <message>
        <source>&amp;Drop the proposal</source>
        <translation>Vorschlag &amp;verwerfen</translation>
    </message>
    <message>
        <source>Leaves the label as it is</source>
        <translation>Lässt das Label, wie es ist</translation>
    </message>
    <message>
        <source>&amp;Edit the outline of the object under the pointer</source>
        <translation>&amp;Umriss des Objekts unter dem Zeiger bearbeiten</translation>
    </message>
    <message>
        <source>Its outline becomes a polygon; Return puts it back</source>
        <translation>Sein Umriss wird zum Polygon; die Eingabetaste setzt es zurück</translation>
    </message>
    <message>
        <source>&amp;Copy the object under the pointer</source>
        <translation>Objekt unter dem Zeiger &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;Paste the object</source>
        <translation>Objekt &amp;einfügen</translation>
    </message>
    <message>
        <source>Where it was; also into another image</source>
        <translation>An seinem Ort; auch in ein anderes Bild</translation>
    </message>
    <message>
        <source>Paste the object at the pointer</source>
        <translation>Objekt am Zeiger einfügen</translation>
    </message>
    <message>
        <source>S&amp;wap with background</source>
        <translation>Mit Hintergrund &amp;tauschen</translation>
    </message>
    <message>
        <source>Paints background, and back</source>
        <translation>Malt Hintergrund und zurück</translation>
    </message>
    <message>
        <source>&amp;Lock the class</source>
        <translation>Klasse &amp;sperren</translation>
    </message>
    <message>
        <source>Locked classes are never changed, by nobody</source>
        <translation>Gesperrte Klassen ändert niemand</translation>
    </message>
    <message>
        <source>&amp;Next layer over the image</source>
        <translation>&amp;Nächste Ebene über dem Bild</translation>
    </message>
    <message>
        <source>Image, label, prediction, guide, differences, probability in turn</source>
        <translation>Bild, Label, Vorhersage, Guide, Unterschiede, Wahrscheinlichkeit reihum</translation>
    </message>
    <message>
        <source>Layers more &amp;transparent</source>
        <translation>Ebenen &amp;durchsichtiger</translation>
    </message>
    <message>
        <source>Layers more &amp;opaque</source>
        <translation>Ebenen &amp;deckender</translation>
    </message>
    <message>
        <source>S&amp;wipe label and prediction</source>
        <translation>Label und Vorhersage &amp;wischen</translation>
    </message>
    <message>
        <source>A divider between label and prediction</source>
        <translation>Ein Teiler zwischen Label und Vorhersage</translation>
    </message>
    <message>
        <source>&amp;Mini-map</source>
        <translation>&amp;Übersichtskarte</translation>
    </message>
    <message>
        <source>A map of the image while it is zoomed</source>
        <translation>Eine Karte des Bildes, solange es vergrößert ist</translation>
    </message>
    <message>
        <source>Scale &amp;bar</source>
        <translation>&amp;Maßstab</translation>
    </message>
    <message>
        <source>&amp;Rotate the view right</source>
        <translation>Ansicht nach &amp;rechts drehen</translation>
    </message>
    <message>
        <source>Rotate the view &amp;left</source>
        <translation>Ansicht nach &amp;links drehen</translation>
    </message>
    <message>
        <source>&amp;Flip the view left to right</source>
        <translation>Ansicht &amp;seitlich spiegeln</translation>
    </message>
    <message>
        <source>Flip the view &amp;upside down</source>
        <translation>Ansicht auf den &amp;Kopf stellen</translation>
    </message>
    <message>
        <source>View u&amp;pright again</source>
        <translation>Ansicht wieder &amp;aufrecht</translation>
    </message>
    <message>
        <source>&amp;Command palette…</source>
        <translation>&amp;Befehlspalette …</translation>
    </message>
    <message>
        <source>Find and run any command</source>
        <translation>Jeden Befehl finden und ausführen</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts…</source>
        <translation>&amp;Tastenkürzel …</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>Open an image first.</source>
        <translation>Öffnen Sie zuerst ein Bild.</translation>
    </message>
    <message>
        <source>Copy an object first (Ctrl+C).</source>
        <translation>Kopieren Sie zuerst ein Objekt (Strg+C).</translation>
    </message>
    <message>
        <source>&amp;Interpolate from the images around</source>
        <translation>Aus den Nachbarbildern &amp;interpolieren</translation>
    </message>
    <message>
        <source>In stacks and sequences: the shape between those of the nearest labelled images</source>
        <translation>In Stapeln und Folgen: die Form zwischen denen der nächsten gelabelten Bilder</translation>
    </message>
</context>
<context>
    <name>guidino::ui::ToolOptions</name>
    <message>
        <source>Keep the size on the screen</source>
        <translation>Größe auf dem Bildschirm beibehalten</translation>
    </message>
    <message>
        <source>The brush covers less of the image when you zoom in</source>
        <translation>Der Pinsel deckt weniger vom Bild, wenn Sie vergrößern</translation>
    </message>
    <message>
        <source>Pen pressure sets the size</source>
        <translation>Stiftdruck bestimmt die Größe</translation>
    </message>
    <message>
        <source>For pens of a tablet; their other end erases</source>
        <translation>Für Stifte eines Tabletts; ihr anderes Ende radiert</translation>
    </message>
    <message>
        <source>Smooth curve through corners</source>
        <translation>Glatte Kurve durch die Ecken</translation>
    </message>
    <message>
        <source>Joins the corners by a curve instead of lines</source>
        <translation>Verbindet die Ecken durch eine Kurve statt durch Geraden</translation>
    </message>
    <message>
        <source>Tolerance</source>
        <translation>Toleranz</translation>
    </message>
    <message>
        <source>Patch size</source>
        <translation>Fleckgröße</translation>
    </message>
    <message>
        <source>Range from what is in the box</source>
        <translation>Bereich aus dem Inhalt des Kastens</translation>
    </message>
    <message>
        <source>Parts the box into dark and light; what is in its middle is taken</source>
        <translation>Teilt den Kasten in Dunkel und Hell; genommen wird, was in seiner Mitte ist</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>To</source>
        <translation>Bis</translation>
    </message>
    <message>
        <source>Follow the model&apos;s guide, too</source>
        <translation>Auch dem Guide des Modells folgen</translation>
    </message>
    <message>
        <source>Where a guide was computed, prompts spread along it as along colours</source>
        <translation>Wo ein Guide berechnet wurde, breiten sich Hinweise an ihm aus wie an Farben</translation>
    </message>
    <message>
        <source>Grow and smooth by</source>
        <translation>Wachsen und glätten um</translation>
    </message>
    <message>
        <source>Right button or Ctrl erases.</source>
        <translation>Die rechte Taste oder Strg radiert.</translation>
    </message>
    <message>
        <source>Click corners, drag them, right-click removes. Return closes.</source>
        <translation>Ecken klicken, ziehen, mit rechts entfernen. Die Eingabetaste schließt.</translation>
    </message>
    <message>
        <source>Click along the edge. Backspace steps back, Return closes.</source>
        <translation>Klicken Sie an der Kante entlang. Die Rücktaste geht zurück, die Eingabetaste schließt.</translation>
    </message>
    <message>
        <source>Drag right or up for more. Right button takes away.</source>
        <translation>Nach rechts oder oben ziehen für mehr. Die rechte Taste nimmt weg.</translation>
    </message>
    <message>
        <source>Left: belongs. Right: does not. Drag: look here. Return takes it.</source>
        <translation>Links: gehört dazu. Rechts: nicht. Ziehen: hier suchen. Die Eingabetaste übernimmt es.</translation>
    </message>
    <message>
        <source>A box with some room around the object. The label is the first guess.</source>
        <translation>Ein Kasten mit etwas Raum um das Objekt. Das Label ist die erste Schätzung.</translation>
    </message>
    <message>
        <source>Drag to move, Ctrl-drag to copy, Delete to remove.</source>
        <translation>Ziehen zum Verschieben, mit Strg zum Kopieren, Entf zum Entfernen.</translation>
    </message>
    <message>
        <source>Click the object, or draw the cut.</source>
        <translation>Klicken Sie das Objekt oder ziehen Sie den Schnitt.</translation>
    </message>
    <message>
        <source>Millimetres appear where the file tells the distance of pixels.</source>
        <translation>Millimeter erscheinen, wo die Datei den Abstand der Pixel nennt.</translation>
    </message>
    <message>
        <source>Fills up to an edge in the ring; without one half of it. Right button erases.</source>
        <translation>Füllt bis zu einer Kante im Ring; ohne Kante die Hälfte davon. Rechte Taste radiert.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::TrainableModel</name>
    <message>
        <source>A new small model</source>
        <translation>Ein neues kleines Modell</translation>
    </message>
    <message>
        <source>GuiDINO-U that guides itself; needs no weights from elsewhere</source>
        <translation>GuiDINO-U, das sich selbst leitet; braucht keine Gewichte von anderswo</translation>
    </message>
    <message>
        <source>%1, from scratch</source>
        <translation>%1, von Grund auf</translation>
    </message>
    <message>
        <source>Needs the weights of the ViT %1, which nobody has added yet.</source>
        <translation>Braucht die Gewichte des ViT %1, die noch niemand hinzugefügt hat.</translation>
    </message>
    <message>
        <source>Guides itself, since the weights of the ViT %1 are not there.</source>
        <translation>Führt sich selbst, da die Gewichte des ViT %1 nicht vorhanden sind.</translation>
    </message>
    <message>
        <source>This folder is no model bundle.</source>
        <translation>Dieser Ordner ist kein Modellpaket.</translation>
    </message>
    <message>
        <source>%1, %2 %3 on its validation images</source>
        <translation>%1, %2 %3 auf seinen Validierungsbildern</translation>
    </message>
    <message>
        <source>Demo model, in use</source>
        <translation>Demomodell, in Gebrauch</translation>
    </message>
    <message>
        <source>%1, in use</source>
        <translation>%1, in Verwendung</translation>
    </message>
    <message>
        <source>Demo model</source>
        <translation>Demomodell</translation>
    </message>
    <message>
        <source>This model has no guide, so there are no prototypes to update.</source>
        <translation>Dieses Modell hat keinen Guide, daher gibt es keine Prototypen zu aktualisieren.</translation>
    </message>
    <message>
        <source>A model from scratch has nothing yet that could be left as it is.</source>
        <translation>Ein Modell von Grund auf hat noch nichts, das bleiben könnte, wie es ist.</translation>
    </message>
    <message>
        <source>This model has adapters, which are trained with its network.</source>
        <translation>Dieses Modell hat Adapter; sie werden zusammen mit seinem Netz trainiert.</translation>
    </message>
    <message>
        <source>This model has a ViT of its own, which is trained with its network.</source>
        <translation>Dieses Modell hat einen eigenen ViT, der mit seinem Netz trainiert wird.</translation>
    </message>
    <message>
        <source>This model has no ViT: its whole network is everything.</source>
        <translation>Dieses Modell hat keinen ViT: Sein ganzes Netz ist alles.</translation>
    </message>
    <message>
        <source>The ViT of this model was trained itself: adapters would add nothing.</source>
        <translation>Das ViT dieses Modells wurde selbst trainiert: Adapter brächten nichts.</translation>
    </message>
    <message>
        <source>This model has adapters: the ViT below them stays as it is.</source>
        <translation>Dieses Modell hat Adapter: Der ViT darunter bleibt, wie er ist.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::TrainingController</name>
    <message>
        <source>The program guidino was not found beside this one.</source>
        <translation>Das Programm guidino wurde neben diesem nicht gefunden.</translation>
    </message>
    <message>
        <source>A training is running.</source>
        <translation>Ein Training läuft.</translation>
    </message>
    <message>
        <source>Open a folder of images first.</source>
        <translation>Öffnen Sie zuerst einen Ordner mit Bildern.</translation>
    </message>
    <message numerus="yes">
        <source>Label at least %n image(s) first.</source>
        <translation>
            <numerusform>Labeln Sie zuerst mindestens %n Bild.</numerusform>
            <numerusform>Labeln Sie zuerst mindestens %n Bilder.</numerusform>
        </translation>
    </message>
    <message>
        <source>The training ended unexpectedly. Your labels are safe.</source>
        <translation>Das Training endete unerwartet. Ihre Labels sind sicher.</translation>
    </message>
    <message>
        <source>The training ran out of memory.</source>
        <translation>Dem Training ging der Speicher aus.</translation>
    </message>
    <message>
        <source>The training could not write its files: the disk may be full.</source>
        <translation>Das Training konnte seine Dateien nicht schreiben: Der Datenträger ist vielleicht voll.</translation>
    </message>
    <message>
        <source>The training could not use the data.</source>
        <translation>Das Training konnte die Daten nicht verwenden.</translation>
    </message>
    <message>
        <source>The training could not start.</source>
        <translation>Das Training konnte nicht beginnen.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::TrainingPanel</name>
    <message>
        <source>Stop and keep</source>
        <translation>Beenden, behalten</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Progress of the training</source>
        <translation>Fortschritt des Trainings</translation>
    </message>
    <message>
        <source>Ends after this step and uses the best model so far</source>
        <translation>Endet nach diesem Schritt und verwendet das bisher beste Modell</translation>
    </message>
    <message>
        <source>Ends the training and forgets what it learnt</source>
        <translation>Beendet das Training und vergisst das Gelernte</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>DSC, validation</source>
        <translation>DSC, Validierung</translation>
    </message>
    <message>
        <source>Curves of loss and validation</source>
        <translation>Kurven von Verlust und Validierung</translation>
    </message>
    <message>
        <source>Teaches the model your labels, on this computer</source>
        <translation>Bringt dem Modell Ihre Labels bei, auf diesem Rechner</translation>
    </message>
    <message>
        <source>The last training failed. Your labels and the model are unchanged.</source>
        <translation>Das letzte Training schlug fehl. Ihre Labels und das Modell sind unverändert.</translation>
    </message>
    <message numerus="yes">
        <source>A new model learns from %n labelled image(s).</source>
        <translation>
            <numerusform>Ein neues Modell lernt aus %n gelabelten Bild.</numerusform>
            <numerusform>Ein neues Modell lernt aus %n gelabelten Bildern.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The model %1 goes on learning from %n labelled image(s).</source>
        <translation>
            <numerusform>Das Modell %1 lernt aus %n gelabelten Bild weiter.</numerusform>
            <numerusform>Das Modell %1 lernt aus %n gelabelten Bildern weiter.</numerusform>
        </translation>
    </message>
    <message>
        <source>Writing the labelled images…</source>
        <translation>Die gelabelten Bilder werden geschrieben …</translation>
    </message>
    <message>
        <source>Ending after this step…</source>
        <translation>Endet nach diesem Schritt …</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Startet …</translation>
    </message>
    <message>
        <source>%1 % done</source>
        <translation>%1 % fertig</translation>
    </message>
    <message>
        <source>%1 % done, %2 left</source>
        <translation>%1 % fertig, noch %2</translation>
    </message>
    <message>
        <source>DSC on the held-out images: %1</source>
        <translation>DSC auf den zurückgehaltenen Bildern: %1</translation>
    </message>
    <message>
        <source>Fine-tune…</source>
        <translation>Feinabstimmen …</translation>
    </message>
    <message>
        <source>Compare and adopt…</source>
        <translation>Vergleichen und übernehmen…</translation>
    </message>
    <message>
        <source>Shows what it does better and worse than the model in use</source>
        <translation>Zeigt, was es besser und schlechter macht als das verwendete Modell</translation>
    </message>
    <message>
        <source>Finished. The new model is offered: compare it with the one in use, then adopt it.</source>
        <translation>Fertig. Das neue Modell wird angeboten: Vergleichen Sie es mit dem verwendeten und übernehmen Sie es dann.</translation>
    </message>
    <message>
        <source>Finished. No epoch was better on the validation images than the model it started from: there is no new model to adopt.</source>
        <translation>Fertig. Keine Epoche war auf den Validierungsbildern besser als das Modell, mit dem begonnen wurde: Es gibt kein neues Modell zu übernehmen.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::TransferSheet</name>
    <message>
        <source>Portable copy</source>
        <translation>Portable Kopie</translation>
    </message>
    <message>
        <source>With the images</source>
        <translation>Mit den Bildern</translation>
    </message>
    <message>
        <source>With the models of the project</source>
        <translation>Mit den Modellen des Projekts</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Without them the receiver needs the same images; they are found by their content</source>
        <translation>Ohne sie braucht der Empfänger dieselben Bilder; sie werden an ihrem Inhalt erkannt</translation>
    </message>
    <message>
        <source>File or folder</source>
        <translation>Datei oder Ordner</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message numerus="yes">
        <source>%1 holds %n file(s), %2.</source>
        <translation>
            <numerusform>%1 enthält %n Datei, %2.</numerusform>
            <numerusform>%1 enthält %n Dateien, %2.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) are missing and left out.</source>
        <translation>
            <numerusform>%n Bild fehlt und wird ausgelassen.</numerusform>
            <numerusform>%n Bilder fehlen und werden ausgelassen.</numerusform>
        </translation>
    </message>
    <message>
        <source>One file with everything that was drawn, decided and noted, with checksums, to take along or to send.</source>
        <translation>Eine Datei mit allem, was gezeichnet, entschieden und notiert wurde, mit Prüfsummen, zum Mitnehmen oder Verschicken.</translation>
    </message>
    <message>
        <source>Write the copy</source>
        <translation>Die Kopie schreiben</translation>
    </message>
    <message>
        <source>%1 becomes a project in this folder. Each file is checked before anything is used.</source>
        <translation>%1 wird in diesem Ordner zu einem Projekt. Jede Datei wird geprüft, bevor etwas verwendet wird.</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importieren</translation>
    </message>
    <message>
        <source>This folder is not empty. Choose another one.</source>
        <translation>Dieser Ordner ist nicht leer. Wählen Sie einen anderen.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>guidino::ui::UndoText</name>
    <message>
        <source>Brush, %1, %2 px</source>
        <translation>Pinsel, %1, %2 px</translation>
    </message>
    <message>
        <source>Eraser, %1 px</source>
        <translation>Radierer, %1 px</translation>
    </message>
    <message>
        <source>Use prediction as label</source>
        <translation>Vorhersage als Label übernehmen</translation>
    </message>
    <message>
        <source>Clear labels</source>
        <translation>Labels löschen</translation>
    </message>
    <message>
        <source>Fill</source>
        <translation>Füllen</translation>
    </message>
    <message>
        <source>Polygon</source>
        <translation>Polygon</translation>
    </message>
    <message>
        <source>Lasso</source>
        <translation>Lasso</translation>
    </message>
    <message>
        <source>Livewire</source>
        <translation>Livewire</translation>
    </message>
    <message>
        <source>Wand</source>
        <translation>Zauberstab</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>Schwelle</translation>
    </message>
    <message>
        <source>GrabCut</source>
        <translation>GrabCut</translation>
    </message>
    <message>
        <source>Superpixels</source>
        <translation>Superpixel</translation>
    </message>
    <message>
        <source>Smart brush</source>
        <translation>Schlauer Pinsel</translation>
    </message>
    <message>
        <source>Prompts</source>
        <translation>Hinweise</translation>
    </message>
    <message>
        <source>Split object</source>
        <translation>Objekt teilen</translation>
    </message>
    <message>
        <source>Edit contour</source>
        <translation>Umriss bearbeiten</translation>
    </message>
    <message>
        <source>Move object</source>
        <translation>Objekt verschieben</translation>
    </message>
    <message>
        <source>Copy object</source>
        <translation>Objekt kopieren</translation>
    </message>
    <message>
        <source>Paste object</source>
        <translation>Objekt einfügen</translation>
    </message>
    <message>
        <source>Delete object</source>
        <translation>Objekt löschen</translation>
    </message>
    <message>
        <source>Fill holes</source>
        <translation>Löcher füllen</translation>
    </message>
    <message>
        <source>Keep largest</source>
        <translation>Größten behalten</translation>
    </message>
    <message>
        <source>Remove small parts</source>
        <translation>Kleine Teile entfernen</translation>
    </message>
    <message>
        <source>Grow</source>
        <translation>Wachsen</translation>
    </message>
    <message>
        <source>Shrink</source>
        <translation>Schrumpfen</translation>
    </message>
    <message>
        <source>Smooth</source>
        <translation>Glätten</translation>
    </message>
    <message>
        <source>Accept by brush</source>
        <translation>Mit dem Pinsel übernehmen</translation>
    </message>
    <message>
        <source>Accept object</source>
        <translation>Objekt übernehmen</translation>
    </message>
    <message>
        <source>Accept class</source>
        <translation>Klasse übernehmen</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>%1 (#%2)</source>
        <translation>%1 (#%2)</translation>
    </message>
    <message>
        <source>Back to the saved labels</source>
        <translation>Zurück zu den gespeicherten Labels</translation>
    </message>
    <message>
        <source>Rename class to %1</source>
        <translation>Klasse umbenennen in %1</translation>
    </message>
    <message>
        <source>Colour of %1</source>
        <translation>Farbe von %1</translation>
    </message>
    <message>
        <source>Lock %1</source>
        <translation>%1 sperren</translation>
    </message>
    <message>
        <source>Unlock %1</source>
        <translation>%1 entsperren</translation>
    </message>
    <message>
        <source>Add class %1</source>
        <translation>Klasse %1 hinzufügen</translation>
    </message>
    <message>
        <source>Delete class %1</source>
        <translation>Klasse %1 löschen</translation>
    </message>
    <message>
        <source>Merge %1 into %2</source>
        <translation>%1 mit %2 zusammenlegen</translation>
    </message>
    <message>
        <source>Number of %1: %2</source>
        <translation>Nummer von %1: %2</translation>
    </message>
    <message>
        <source>Adopt %1</source>
        <translation>%1 übernehmen</translation>
    </message>
    <message>
        <source>Roll back to %1</source>
        <translation>Auf %1 zurücknehmen</translation>
    </message>
    <message>
        <source>Interpolate between images</source>
        <translation>Zwischen Bildern interpolieren</translation>
    </message>
    <message>
        <source>Adjudicated labels</source>
        <translation>Geschlichtete Label</translation>
    </message>
</context>
<context>
    <name>guidino::ui::WandTool</name>
    <message>
        <source>tolerance %1</source>
        <translation>Toleranz %1</translation>
    </message>
</context>
<context>
    <name>guidino::ui::WeightsPage</name>
    <message>
        <source>Weights for the guide</source>
        <translation>Gewichte für den Guide</translation>
    </message>
    <message>
        <source>Add the weights of a vision transformer</source>
        <translation>Die Gewichte eines Vision-Transformers hinzufügen</translation>
    </message>
    <message>
        <source>Most GuiDINO models take their guide from DINOv3 or DINOv2, whose weights this program neither contains nor downloads. They are yours to get, once:</source>
        <translation>Die meisten GuiDINO-Modelle nehmen ihren Guide aus DINOv3 oder DINOv2, deren Gewichte dieses Programm weder enthält noch herunterlädt. Sie besorgen sie selbst, einmal:</translation>
    </message>
    <message>
        <source>Choose</source>
        <translation>Wählen</translation>
    </message>
    <message>
        <source>DINOv2 (Apache-2.0) is open to everybody: the ViT-S/14 file has 88 MB. DINOv3 ViT-S/16 is what the published models use; its owner asks for a name and the consent to the DINOv3 License before it may be fetched.</source>
        <translation>DINOv2 (Apache-2.0) steht allen offen: Die Datei ViT-S/14 hat 88 MB. DINOv3 ViT-S/16 verwenden die veröffentlichten Modelle; der Eigentümer verlangt einen Namen und die Zustimmung zur DINOv3-Lizenz, bevor man es holen darf.</translation>
    </message>
    <message>
        <source>Fetch</source>
        <translation>Holen</translation>
    </message>
    <message>
        <source>On any computer with a browser, from the publisher&apos;s own page: a file .safetensors or .pth. Bring it here in whatever way your clinic allows.</source>
        <translation>Auf einem beliebigen Rechner mit Browser, von der Seite des Herausgebers: eine Datei .safetensors oder .pth. Bringen Sie sie auf dem Weg hierher, den Ihre Klinik erlaubt.</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>In a terminal, once. The names and shapes of all tensors are checked, and the file is copied with its hash:</source>
        <translation>In einem Terminal, einmal. Namen und Formen aller Tensoren werden geprüft, und die Datei wird mit ihrem Hash kopiert:</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Puts the command into the clipboard</source>
        <translation>Legt den Befehl in die Zwischenablage</translation>
    </message>
    <message>
        <source>Without them these work: the demo model and all models that guide themselves (source &quot;self&quot;), training such models on your images, painting, review and export.</source>
        <translation>Ohne sie geht dies: das Demomodell und alle Modelle, die sich selbst führen (Quelle „self“), solche Modelle mit Ihren Bildern trainieren, malen, prüfen und exportieren.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>guidino::ui::WhatIfPanel</name>
    <message>
        <source>Flat</source>
        <translation>Flach</translation>
    </message>
    <message>
        <source>= Label</source>
        <translation>= Label</translation>
    </message>
    <message>
        <source>Inverted</source>
        <translation>Umgekehrt</translation>
    </message>
    <message>
        <source>Network&apos;s eye</source>
        <translation>Sicht des Netzes</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Keep as correction</source>
        <translation>Als Korrektur behalten</translation>
    </message>
    <message>
        <source>What-if brush</source>
        <translation>Was-wäre-wenn-Pinsel</translation>
    </message>
    <message>
        <source>Raise</source>
        <translation>Anheben</translation>
    </message>
    <message>
        <source>Left button raises the guide, right button lowers it (1: at full strength)</source>
        <translation>Die linke Taste hebt den Guide an, die rechte senkt ihn (1: mit voller Stärke)</translation>
    </message>
    <message>
        <source>Lower</source>
        <translation>Senken</translation>
    </message>
    <message>
        <source>Left button lowers the guide, right button raises it (0: at full strength)</source>
        <translation>Die linke Taste senkt den Guide, die rechte hebt ihn an (0: mit voller Stärke)</translation>
    </message>
    <message>
        <source>Strength</source>
        <translation>Stärke</translation>
    </message>
    <message>
        <source>How far one stroke moves the guide towards 1 (raise) or 0 (lower)</source>
        <translation>Wie weit ein Strich den Guide zur 1 (anheben) oder zur 0 (senken) bewegt</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Brush diameter in image pixels ([ and ], or Shift with the wheel)</source>
        <translation>Pinseldurchmesser in Bildpixeln ([ und ] oder Umschalt mit dem Mausrad)</translation>
    </message>
    <message>
        <source>WHAT IF THE GUIDE WERE</source>
        <translation>WAS, WENN DER GUIDE SO WÄRE</translation>
    </message>
    <message>
        <source>Area</source>
        <translation>Fläche</translation>
    </message>
    <message>
        <source>DSC with the label</source>
        <translation>DSC mit dem Label</translation>
    </message>
    <message>
        <source>Boundary moved (p95)</source>
        <translation>Rand verschoben (p95)</translation>
    </message>
    <message>
        <source>Remove this image&apos;s guide correction</source>
        <translation>Die Guide-Korrektur dieses Bildes entfernen</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>%1 px</source>
        <translation>%1 px</translation>
    </message>
    <message>
        <source>Paint on any pane: the guide changes and the prediction follows. The dashed line is the model&apos;s own answer.</source>
        <translation>Malen Sie in ein beliebiges Feld: Der Guide ändert sich, und die Vorhersage folgt. Die gestrichelte Linie ist die eigene Antwort des Modells.</translation>
    </message>
    <message>
        <source>This image&apos;s mean guide everywhere: the guide&apos;s scale is kept, its shape is gone. If the mask stays, the guide&apos;s shape did not cause it.</source>
        <translation>Überall der mittlere Guide dieses Bildes: Seine Stärke bleibt, seine Form ist weg. Bleibt die Maske, dann war die Form des Guide nicht ihre Ursache.</translation>
    </message>
    <message>
        <source>The label as guide: how well the network follows a perfect guide</source>
        <translation>Das Label als Guide: wie gut das Netz einem vollkommenen Guide folgt</translation>
    </message>
    <message>
        <source>This image has no label yet.</source>
        <translation>Dieses Bild hat noch kein Label.</translation>
    </message>
    <message>
        <source>1 − guide: what the network makes of the opposite</source>
        <translation>1 − Guide: was das Netz aus dem Gegenteil macht</translation>
    </message>
    <message>
        <source>Shows image × guide in the guide&apos;s pane: what this network&apos;s input really is</source>
        <translation>Zeigt Bild × Guide im Feld des Guide: was die Eingabe dieses Netzes wirklich ist</translation>
    </message>
    <message>
        <source>This model&apos;s guide acts inside the network (%1), not on the image: there is no such picture.</source>
        <translation>Der Guide dieses Modells wirkt im Inneren des Netzes (%1), nicht auf das Bild: Ein solches Bild gibt es nicht.</translation>
    </message>
    <message>
        <source>Asking the model…</source>
        <translation>Das Modell wird gefragt …</translation>
    </message>
    <message>
        <source>No answer yet.</source>
        <translation>Noch keine Antwort.</translation>
    </message>
    <message>
        <source>The mask does not change at all: here the guide did not shape it.</source>
        <translation>Die Maske ändert sich gar nicht: Hier hat der Guide sie nicht geformt.</translation>
    </message>
    <message>
        <source>With the changed guide the mask becomes:</source>
        <translation>Mit dem geänderten Guide wird die Maske:</translation>
    </message>
    <message>
        <source>%1 %  (%2 → %3 px)</source>
        <translation>%1 %  (%2 → %3 px)</translation>
    </message>
    <message>
        <source>0 → %1 px</source>
        <translation>0 → %1 px</translation>
    </message>
    <message>
        <source>%1 → %2</source>
        <translation>%1 → %2</translation>
    </message>
    <message>
        <source>no label</source>
        <translation>kein Label</translation>
    </message>
    <message>
        <source>no mask</source>
        <translation>keine Maske</translation>
    </message>
    <message>
        <source>Answered in %1 ms</source>
        <translation>In %1 ms beantwortet</translation>
    </message>
    <message>
        <source>Back to the model&apos;s own guide (Backspace)</source>
        <translation>Zurück zum modelleigenen Guide (Rücktaste)</translation>
    </message>
    <message>
        <source>Nothing is painted.</source>
        <translation>Nichts ist gemalt.</translation>
    </message>
    <message>
        <source>Stores where the model should attend (raised) and where not (lowered) with this image, for a later training (Enter)</source>
        <translation>Speichert mit diesem Bild für ein späteres Training, wo das Modell hinschauen soll (angehoben) und wo nicht (gesenkt) (Eingabetaste)</translation>
    </message>
    <message>
        <source>Paint first: raised places become &quot;attend&quot;, lowered ones &quot;ignore&quot;; the rest stays unspecified.</source>
        <translation>Malen Sie zuerst: Angehobene Stellen werden „beachten“, gesenkte „ignorieren“; der Rest bleibt unbestimmt.</translation>
    </message>
    <message>
        <source>This image has a guide correction.</source>
        <translation>Dieses Bild hat eine Guide-Korrektur.</translation>
    </message>
</context>
<context>
    <name>guidino::ui::WindowActions</name>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>&amp;Open folder…</source>
        <translation>Ordner &amp;öffnen …</translation>
    </message>
    <message>
        <source>Open image &amp;files…</source>
        <translation>&amp;Bilddateien öffnen …</translation>
    </message>
    <message>
        <source>Open the sa&amp;mple images</source>
        <translation>Beis&amp;pielbilder öffnen</translation>
    </message>
    <message>
        <source>&amp;Save masks</source>
        <translation>Masken &amp;speichern</translation>
    </message>
    <message>
        <source>Save masks to another fo&amp;lder…</source>
        <translation>Masken in anderen Or&amp;dner speichern …</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>B&amp;eenden</translation>
    </message>
    <message>
        <source>Undo:</source>
        <translation>Rückgängig:</translation>
    </message>
    <message>
        <source>Redo:</source>
        <translation>Wiederholen:</translation>
    </message>
    <message>
        <source>&amp;Use prediction as label</source>
        <translation>&amp;Vorhersage als Label übernehmen</translation>
    </message>
    <message>
        <source>&amp;Clear labels of this image</source>
        <translation>Labels dieses Bildes &amp;löschen</translation>
    </message>
    <message>
        <source>&amp;Search images</source>
        <translation>Bilder &amp;suchen</translation>
    </message>
    <message>
        <source>&amp;Previous image</source>
        <translation>&amp;Voriges Bild</translation>
    </message>
    <message>
        <source>&amp;Next image</source>
        <translation>&amp;Nächstes Bild</translation>
    </message>
    <message>
        <source>&amp;Fit to window</source>
        <translation>&amp;Einpassen</translation>
    </message>
    <message>
        <source>&amp;100 %</source>
        <translation>&amp;100 %</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>Ver&amp;größern</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>All &amp;four panes</source>
        <translation>Alle &amp;vier Ansichten</translation>
    </message>
    <message>
        <source>&amp;Image alone</source>
        <translation>Nur &amp;Bild</translation>
    </message>
    <message>
        <source>&amp;Guide alone</source>
        <translation>Nur &amp;Guide</translation>
    </message>
    <message>
        <source>&amp;Prediction alone</source>
        <translation>Nur Vor&amp;hersage</translation>
    </message>
    <message>
        <source>&amp;Label alone</source>
        <translation>Nur &amp;Label</translation>
    </message>
    <message>
        <source>&amp;Show labels</source>
        <translation>Labels &amp;zeigen</translation>
    </message>
    <message>
        <source>Masks as &amp;outlines</source>
        <translation>Masken als &amp;Umrisse</translation>
    </message>
    <message>
        <source>&amp;Light theme</source>
        <translation>Helles &amp;Thema</translation>
    </message>
    <message>
        <source>&amp;About GuiDINO Workbench</source>
        <translation>Ü&amp;ber GuiDINO Workbench</translation>
    </message>
    <message>
        <source>&amp;Brush</source>
        <translation>&amp;Pinsel</translation>
    </message>
    <message>
        <source>&amp;Eraser</source>
        <translation>&amp;Radierer</translation>
    </message>
    <message>
        <source>&amp;Polygon</source>
        <translation>P&amp;olygon</translation>
    </message>
    <message>
        <source>&amp;Fill an area</source>
        <translation>Fläche &amp;füllen</translation>
    </message>
    <message>
        <source>&amp;Move the image</source>
        <translation>Bild &amp;verschieben</translation>
    </message>
    <message>
        <source>S&amp;maller brush</source>
        <translation>&amp;Kleinerer Pinsel</translation>
    </message>
    <message>
        <source>&amp;Larger brush</source>
        <translation>&amp;Größerer Pinsel</translation>
    </message>
    <message>
        <source>Paint background</source>
        <translation>Hintergrund malen</translation>
    </message>
    <message>
        <source>Paint class %1</source>
        <translation>Klasse %1 malen</translation>
    </message>
    <message>
        <source>&amp;Run the model</source>
        <translation>Modell &amp;ausführen</translation>
    </message>
    <message>
        <source>&amp;Choose a model…</source>
        <translation>Modell &amp;wählen …</translation>
    </message>
    <message>
        <source>Use the &amp;demo model</source>
        <translation>&amp;Demo-Modell verwenden</translation>
    </message>
    <message>
        <source>Re&amp;start the model&apos;s process</source>
        <translation>Prozess des Modells neu &amp;starten</translation>
    </message>
    <message>
        <source>&amp;Fine-tune</source>
        <translation>&amp;Feinabstimmen</translation>
    </message>
    <message>
        <source>Stop training and &amp;keep</source>
        <translation>Training beenden und &amp;behalten</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Image</source>
        <translation>B&amp;ild</translation>
    </message>
    <message>
        <source>&amp;Label</source>
        <translation>&amp;Label</translation>
    </message>
    <message>
        <source>Paint &amp;with</source>
        <translation>Malen &amp;mit</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>&amp;Modell</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;Review</source>
        <translation>&amp;Prüfung</translation>
    </message>
    <message>
        <source>Nothing to undo in this image</source>
        <translation>In diesem Bild ist nichts rückgängig zu machen</translation>
    </message>
    <message>
        <source>Nothing to redo in this image</source>
        <translation>In diesem Bild ist nichts wiederherzustellen</translation>
    </message>
    <message>
        <source>Predict a f&amp;older…</source>
        <translation>Einen &amp;Ordner vorhersagen …</translation>
    </message>
    <message>
        <source>A folder of images, into another folder, as a job in the background; also with the folds of nnU-Net results</source>
        <translation>Ein Ordner mit Bildern, in einen anderen Ordner, als Auftrag im Hintergrund; auch mit den Folds von nnU-Net</translation>
    </message>
</context>
<context>
    <name>guidino::ui::Workspaces</name>
    <message>
        <source>&amp;Annotate</source>
        <translation>&amp;Annotieren</translation>
    </message>
    <message>
        <source>Images, layers and tools: draw and correct labels</source>
        <translation>Bilder, Ebenen und Werkzeuge: Labels zeichnen und korrigieren</translation>
    </message>
    <message>
        <source>Study the &amp;guide</source>
        <translation>Den &amp;Guide untersuchen</translation>
    </message>
    <message>
        <source>Prototypes and what-if brush beside the panes</source>
        <translation>Prototypen und Was-wäre-wenn-Pinsel neben den Ansichten</translation>
    </message>
    <message>
        <source>&amp;Report and export</source>
        <translation>&amp;Bericht und Export</translation>
    </message>
    <message>
        <source>Masks, figures, worst cases and the model&apos;s card as files</source>
        <translation>Masken, Zahlen, schlechteste Fälle und die Modellkarte als Dateien</translation>
    </message>
    <message>
        <source>Annotate</source>
        <translation>Annotieren</translation>
    </message>
    <message>
        <source>Guide</source>
        <translation>Guide</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>Begutachtung</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Bericht</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>Open a folder or a project first.</source>
        <translation>Öffnen Sie zuerst einen Ordner oder ein Projekt.</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
</context>
</TS>
