using System.Text;

namespace Rvp.Cli;

/// <summary>Everything outside the program that a command uses.</summary>
/// <param name="In">Standard input.</param>
/// <param name="Out">Results.</param>
/// <param name="Error">Error messages, one line each, and prompts.</param>
/// <param name="Environment">Reads an environment variable.</param>
internal sealed record Terminal(TextReader In, TextWriter Out, TextWriter Error, Func<string, string?> Environment)
{
    /// <summary>True if a person is typing.</summary>
    public bool IsInteractive { get; init; }

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

    public static Terminal OfThisProcess() => new(Console.In, Console.Out, Console.Error, System.Environment.GetEnvironmentVariable)
    {
        IsInteractive = !Console.IsInputRedirected,
        HasColours = !Console.IsOutputRedirected && string.IsNullOrEmpty(System.Environment.GetEnvironmentVariable("NO_COLOR"))
            && System.Environment.GetEnvironmentVariable("TERM") != "dumb",
        AskSecret = AskAtConsole,
    };

    private static string? AskAtConsole(string prompt)
    {
        if (Console.IsInputRedirected) return null;
        Console.Error.Write(prompt);
        var typed = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter) break;
            if (key.Key == ConsoleKey.Backspace) typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar)) typed.Append(key.KeyChar);
        }
        Console.Error.WriteLine();
        return typed.ToString();
    }
}
