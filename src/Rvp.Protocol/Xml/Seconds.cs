using System.Globalization;

namespace Rvp.Protocol.Xml;

/// <summary>The text of d:timeout: whole seconds in decimal digits.</summary>
internal static class Seconds
{
    /// <summary>Reads digits between optional white space; more than 2^31-1 seconds become 2^31-1.</summary>
    public static bool TryParse(string text, out TimeSpan time)
    {
        var digits = text.AsSpan().Trim();
        time = default;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9')) return false;
        var fits = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds);
        time = TimeSpan.FromSeconds(fits ? seconds : int.MaxValue);
        return true;
    }

    /// <summary>Whole seconds, rounded down, never below 0.</summary>
    public static string Write(TimeSpan time) => Math.Max(0, (long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
