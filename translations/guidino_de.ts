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
</context>
<context>
    <name>guidino::ui::DatasetController</name>
    <message>
        <source>Unsaved labels could not be kept safe.</source>
        <translation>Ungespeicherte Labels konnten nicht gesichert werden.</translation>
    </message>
    <message>
        <source>%1 could not be opened.</source>
        <translation>%1 konnte nicht geöffnet werden.</translation>
    </message>
    <message numerus="yes">
        <source>Unsaved labels of %n image(s) from an earlier session were recovered.</source>
        <translation>
            <numerusform>Ungespeicherte Labels von %n Bild aus einer früheren Sitzung wurden wiederhergestellt.</numerusform>
            <numerusform>Ungespeicherte Labels von %n Bildern aus einer früheren Sitzung wurden wiederhergestellt.</numerusform>
        </translation>
    </message>
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
    <message>
        <source>Disc: labelled. Square: predicted. Triangle: edited, not saved yet.</source>
        <translation>Scheibe: gelabelt. Quadrat: vorhergesagt. Dreieck: bearbeitet, noch nicht gespeichert.</translation>
    </message>
    <message>
        <source>Images appear here when a folder is open.</source>
        <translation>Hier erscheinen Bilder, sobald ein Ordner offen ist.</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n image(s) labelled</source>
        <translation>
            <numerusform>%1 von %n Bild gelabelt</numerusform>
            <numerusform>%1 von %n Bildern gelabelt</numerusform>
        </translation>
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
        <source>The fine-tuned model is ready and in use.</source>
        <translation>Das feinabgestimmte Modell ist fertig und im Einsatz.</translation>
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
        <source>They come back when this folder is opened again</source>
        <translation>Sie kommen zurück, wenn dieser Ordner wieder geöffnet wird</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
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
        <source>Strokes are kept in a recovery file. Save masks (Ctrl+S) to write the mask files.</source>
        <translation>Striche liegen in einer Wiederherstellungsdatei. Masken speichern (Strg+S) schreibt die Maskendateien.</translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation>Gespeichert %1</translation>
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
        <source>Fine-tune</source>
        <translation>Feinabstimmen</translation>
    </message>
    <message>
        <source>Stop and keep</source>
        <translation>Beenden, behalten</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Epochs: </source>
        <translation>Epochen: </translation>
    </message>
    <message>
        <source>Number of epochs</source>
        <translation>Anzahl der Epochen</translation>
    </message>
    <message>
        <source>How often the training sees each labelled image</source>
        <translation>Wie oft das Training jedes gelabelte Bild sieht</translation>
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
        <source>Finished. The new model is in use: press R to predict with it.</source>
        <translation>Fertig. Das neue Modell ist im Einsatz: R sagt damit vorher.</translation>
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
        <source>Fill, %1</source>
        <translation>Füllen, %1</translation>
    </message>
    <message>
        <source>Polygon, %1</source>
        <translation>Polygon, %1</translation>
    </message>
    <message>
        <source>Use prediction as label</source>
        <translation>Vorhersage als Label übernehmen</translation>
    </message>
    <message>
        <source>Clear labels</source>
        <translation>Labels löschen</translation>
    </message>
</context>
<context>
    <name>guidino::ui::WelcomePage</name>
    <message>
        <source>Review, correct and teach segmentations</source>
        <translation>Segmentierungen prüfen, korrigieren und lehren</translation>
    </message>
    <message>
        <source>See where a model looks (guide), what it would mark (prediction) and what you marked (label), side by side. Correct with a brush, then fine-tune the model on this computer. No image leaves it.</source>
        <translation>Sehen Sie nebeneinander, wohin ein Modell schaut (Guide), was es markieren würde (Vorhersage) und was Sie markiert haben (Label). Korrigieren Sie mit dem Pinsel und stimmen Sie das Modell auf diesem Rechner fein ab. Kein Bild verlässt ihn.</translation>
    </message>
    <message>
        <source>  Open a folder of images, with or without masks</source>
        <translation>  Ordner mit Bildern öffnen, mit oder ohne Masken</translation>
    </message>
    <message>
        <source>  Try the sample images</source>
        <translation>  Die Beispielbilder ausprobieren</translation>
    </message>
    <message>
        <source>  Choose a model of your own</source>
        <translation>  Ein eigenes Modell wählen</translation>
    </message>
    <message>
        <source>Or drop a folder or image files here. Research use only, not a medical device.</source>
        <translation>Oder ziehen Sie einen Ordner oder Bilddateien hierher. Nur für die Forschung, kein Medizinprodukt.</translation>
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
</context>
</TS>
