using Rvp.Cli.Editing;

namespace Rvp.Cli;

/// <summary>Everything outside the program that a command uses.</summary>
/// <param name="In">Standard input.</param>
/// <param name="Out">Results.</param>
/// <param name="Error">Error messages, one line each, and prompts.</param>
/// <param name="Environment">Reads an environment variable.</param>
internal sealed record Terminal(TextReader In, TextWriter Out, TextWriter Error, Func<string, string?> Environment)
{
    /// <summary>The terminal where a person types and reads; null for pipes, and for terminals that cannot be drawn on.</summary>
    public IScreen? Screen { get; init; }

    /// <summary>True if the output can show colours and the user has not turned them off (NO_COLOR).</summary>
    public bool HasColours { get; init; }

    /// <summary>Asks for a secret without showing it.</summary>
    public Func<string, string?> AskSecret { get; init; } = _ => null;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The folder for what is kept between two runs.</summary>
    public string ConfigFolder =>
        Environment("XDG_CONFIG_HOME") is { Length: > 0 } config ? Path.Combine(config, "rvp")
        : OperatingSystem.IsWindows() ? Path.Combine(Environment("APPDATA") ?? ".", "rvp")
        : Path.Combine(Environment("HOME") ?? ".", ".config", "rvp");

    public static Terminal OfThisProcess()
    {
        var isDumb = System.Environment.GetEnvironmentVariable("TERM") == "dumb";
        return new(OutputPipe.OpenInput(), OutputPipe.Open(), Console.Error, System.Environment.GetEnvironmentVariable)
        {
            Screen = Console.IsInputRedirected || Console.IsOutputRedirected || isDumb ? null : ScreenOfThisProcess(isError: false),
            HasColours = !Console.IsOutputRedirected && !isDumb && string.IsNullOrEmpty(System.Environment.GetEnvironmentVariable("NO_COLOR")),
            AskSecret = Console.IsInputRedirected || Console.IsErrorRedirected ? _ => null : new SecretPrompt(ScreenOfThisProcess(isError: true)).Ask,
        };
    }

    private static IScreen ScreenOfThisProcess(bool isError) => OperatingSystem.IsWindows() ? new WindowsScreen(isError) : new UnixScreen(isError);
}
