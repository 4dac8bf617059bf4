namespace Rvp.Cli.Editing;

/// <summary>What is written to a terminal when its keys are taken and given back: pastes in brackets, and a window of one's own.</summary>
internal static class TerminalModes
{
    public static string Take(bool isWhole) => (isWhole ? "\u001b[?1049h" : "") + "\u001b[?2004h";

    public static string GiveBack(bool isWhole) => "\u001b[?2004l" + (isWhole ? "\u001b[?1049l" : "");
}
