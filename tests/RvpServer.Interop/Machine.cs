using System.Diagnostics;
using Rvp.Testing;

namespace RvpServer.Interop;

/// <summary>A machine to run programs on: this one, or a host with a network of its own on it.</summary>
/// <param name="Address">The address at which clients on it are called back.</param>
/// <param name="Namespace">Its network namespace; null: this machine's own.</param>
internal sealed record Machine(string Address, string? Namespace)
{
    public static readonly Machine This = new("127.0.0.1", null);

    /// <summary>How many files a process may have open there; null: as many as this one.</summary>
    public int? OpenFiles { get; init; }

    /// <summary>Starts a program there, which is the process itself and not a child of it.</summary>
    public ProcessStartInfo Command(string program, params IEnumerable<string> arguments) => OpenFiles is { } most
        ? (this with { OpenFiles = null }).Command("sh", ["-c", $"ulimit -n {most}; exec \"$@\"", "sh", program, .. arguments])
        : Namespace is null
        ? new ProcessStartInfo(program, arguments)
        : new ProcessStartInfo("ip", ["netns", "exec", Namespace, program, .. arguments]);

    /// <summary>Runs a program there to its end, whether it succeeds or not.</summary>
    public Task<Ran> RunAsync(string program, params IEnumerable<string> arguments) => Commands.RunAsync(Command(program, arguments));

    /// <summary>Runs a program there that must succeed; gives what it printed.</summary>
    public async Task<string> DoAsync(string program, params IEnumerable<string> arguments) =>
        Commands.OutputOf(program, await RunAsync(program, arguments));
}
