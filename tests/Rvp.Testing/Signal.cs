using System.Diagnostics;
using System.Globalization;

namespace Rvp.Testing;

/// <summary>Signals to processes that a test has started.</summary>
internal static class Signal
{
    /// <summary>Sends one; for <c>STOP</c>, returns when all of their threads stand still, which else would work on for a moment.</summary>
    /// <param name="name">As <c>kill</c> knows it, without <c>SIG</c>.</param>
    /// <param name="processes">Their ids.</param>
    public static async Task SendAsync(string name, params int[] processes)
    {
        await Ran.OfProcessAsync(new ProcessStartInfo("kill", ["-s", name, .. processes.Select(id => id.ToString(CultureInfo.InvariantCulture))]));
        if (name != "STOP") return;
        await Deadline.Until(() => processes.All(IsStill), "every thread stands still", () => string.Join(", ", processes.SelectMany(States)));
    }

    /// <summary>A process with its children and theirs.</summary>
    public static int[] FamilyOf(int process)
    {
        var family = new List<int> { process };
        for (var i = 0; i < family.Count; i++) family.AddRange(ChildrenOf(family[i]));
        return [.. family];
    }

    private static bool IsStill(int process) => States(process).All(state => state is 'T' or 'Z' or 'X');

    // Each thread's letter of proc_pid_stat(5); it stands behind the program's name, which may hold anything.
    private static IEnumerable<char> States(int process)
    {
        var threads = Directory.Exists($"/proc/{process}/task") ? Directory.GetDirectories($"/proc/{process}/task") : [];
        return threads.Select(thread => Read(thread + "/stat")).Where(stat => stat.Length > 0).Select(stat => stat[stat.LastIndexOf(')') + 2]);
    }

    private static IEnumerable<int> ChildrenOf(int process) =>
        Read($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse);

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return ""; // It has just ended.
        }
    }
}
