using System.Globalization;

namespace Rvp.Cli;

/// <summary>Times as people write them on a command line.</summary>
internal static class Durations
{
    private const double MostSeconds = 30 * 24 * 3600;

    /// <summary>Reads <c>30</c> (seconds), <c>30s</c>, <c>5m</c> or <c>2h</c>.</summary>
    public static TimeSpan Parse(string option, string text)
    {
        var (number, unit) = text.Length > 0 && char.IsAsciiLetter(text[^1]) ? (text[..^1], text[^1]) : (text, 's');
        var seconds = unit switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value * seconds is > 0 and <= MostSeconds
            ? TimeSpan.FromSeconds(value * seconds)
            : throw new ClientUsageException($"{option} is \"{SafeText.Line(text)}\": write 30, 30s, 5m or 2h, and no more than thirty days.");
    }
}
