using System.Diagnostics;
using Rvp.Testing;

namespace RvpServer.Interop;

/// <summary>Runs programs to their end.</summary>
internal static class Commands
{
    /// <summary>Runs one, whether it succeeds or not.</summary>
    public static Task<Ran> RunAsync(string program, IEnumerable<string> arguments, string input = "",
        IReadOnlyDictionary<string, string>? environment = null, TimeSpan? patience = null)
    {
        var start = new ProcessStartInfo(program, arguments);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return RunAsync(start, input, patience);
    }

    /// <summary>Runs one, whether it succeeds or not.</summary>
    public static Task<Ran> RunAsync(ProcessStartInfo start, string input = "", TimeSpan? patience = null) => Ran.OfProcessAsync(start, input, patience);

    /// <summary>Runs one that must succeed; gives what it printed.</summary>
    public static async Task<string> DoAsync(
        string program, IEnumerable<string> arguments, string input = "", IReadOnlyDictionary<string, string>? environment = null) =>
        OutputOf(program, await RunAsync(program, arguments, input, environment));

    /// <summary>What a program printed that must have succeeded.</summary>
    public static string OutputOf(string program, Ran ran)
    {
        Assert.True(ran.Code == 0, $"{program}: exit code {ran.Code}\n{ran.Error}{ran.Out}");
        return ran.Out;
    }
}
