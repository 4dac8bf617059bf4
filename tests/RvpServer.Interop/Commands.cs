using System.Diagnostics;

namespace RvpServer.Interop;

/// <summary>What a program left behind.</summary>
internal sealed record Ran(int Code, string Out, string Error);

/// <summary>Runs programs to their end.</summary>
internal static class Commands
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    /// <summary>Runs one; whatever it does.</summary>
    public static async Task<Ran> RunAsync(
        string program, IEnumerable<string> arguments, string input = "", IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Deadline);
        return new Ran(process.ExitCode, await output, await errors);
    }

    /// <summary>Runs one that must succeed; gives what it printed.</summary>
    public static async Task<string> DoAsync(
        string program, IEnumerable<string> arguments, string input = "", IReadOnlyDictionary<string, string>? environment = null)
    {
        var ran = await RunAsync(program, arguments, input, environment);
        Assert.True(ran.Code == 0, $"{program}: exit code {ran.Code}\n{ran.Error}{ran.Out}");
        return ran.Out;
    }
}
