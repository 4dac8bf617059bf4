using Rvp.Cli.Editing;

namespace Rvp.Cli.Chat;

/// <summary>A terminal as it is: what is being typed stays whole at the bottom, lines appear above it and scroll away.</summary>
internal sealed class EditedConsole(IScreen screen, bool hasColours) : TypedConsole(screen, isWhole: false)
{
    private const string ClearScreen = "\u001b[H\u001b[2J";

    private readonly InputArea area = new();

    protected override void Erase() => Screen.Write(area.Erase(Screen.Columns));

    protected override void Append(string line, Talk? talk) => Screen.Write(line + "\r\n");

    protected override void Draw()
    {
        var columns = Screen.Columns;
        var prompt = TextCells.Fit(Prompt, columns / 2);
        var layout = InputLayout.Of(prompt, Editor.Text, Editor.Cursor, columns, Math.Max(1, Screen.Rows - 1));
        Screen.Write(area.Draw(layout, prompt, Status, columns, hasColours));
    }

    protected override bool TakeOwn(Key key)
    {
        if (key.Kind == KeyKind.Redraw) Screen.Write(ClearScreen);
        return key.Kind == KeyKind.Redraw;
    }
}
