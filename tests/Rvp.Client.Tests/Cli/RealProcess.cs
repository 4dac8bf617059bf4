using System.Diagnostics;
using Rvp.Testing;

namespace Rvp.Client.Tests.Cli;

/// <summary><c>rvp</c> as a process of its own.</summary>
internal static class RealProcess
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "rvp.dll");

    /// <summary>The command that runs it.</summary>
    public static string[] Command(params string[] arguments) => ["dotnet", Program, .. arguments];

    /// <summary>Runs a script of bash in which <c>rvp</c> is the program.</summary>
    public static Task<Ran> Script(Shell shell, string script)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"rvp() {{ dotnet {Program} \"$@\"; }}\n{script}"]);
        foreach (var (name, value) in shell.Environment) start.Environment[name] = value;
        return Ran.OfProcessAsync(start, patience: TimeSpan.FromSeconds(60));
    }
}
