using System.Globalization;

namespace Rvp.Testing;

/// <summary>
/// Names that tell whose something is: made of this process's id and of when it was started, so that what a crashed run has left behind is
/// known from what a run beside this one is using, also when the id was given to another process since.
/// </summary>
internal static class Ownership
{
    private const string Mark = "rvplab";

    /// <summary>The beginning of all names of this process.</summary>
    public static string Prefix { get; } = string.Create(CultureInfo.InvariantCulture, $"{Mark}-{Environment.ProcessId}-{StartOf(Environment.ProcessId)}-");

    /// <summary>True for a name of a process that no longer exists.</summary>
    public static bool IsOrphan(string name) =>
        name.Split('-') is [Mark, var id, var start, ..] && int.TryParse(id, CultureInfo.InvariantCulture, out var process) && StartOf(process) != start;

    /// <summary>In ticks since the machine's; empty where there is no such process.</summary>
    private static string StartOf(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            // The second field is the program's name in parentheses, which may hold anything; the start is the twenty-second.
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
        }
        catch (IOException)
        {
            return "";
        }
    }
}
