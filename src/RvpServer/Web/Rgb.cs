using System.Globalization;

namespace RvpServer.Web;

/// <summary>A colour of a style sheet.</summary>
internal readonly record struct Rgb(byte Red, byte Green, byte Blue)
{
    /// <summary>One written as <c>#rrggbb</c>.</summary>
    public static Rgb Parse(string text) => new(Part(text, 1), Part(text, 3), Part(text, 5));

    /// <summary>How well one is seen on the other, from 1 to 21. [WCAG 2.2, contrast ratio]</summary>
    public static double Contrast(Rgb one, Rgb other)
    {
        var (a, b) = (one.Luminance + 0.05, other.Luminance + 0.05);
        return Math.Max(a, b) / Math.Min(a, b);
    }

    /// <summary>This colour with so much of another in it, from 0 to 1.</summary>
    public Rgb With(Rgb other, double share) => new(Mix(Red, other.Red, share), Mix(Green, other.Green, share), Mix(Blue, other.Blue, share));

    /// <inheritdoc/>
    public override string ToString() => $"#{Red:x2}{Green:x2}{Blue:x2}";

    private double Luminance => (0.2126 * Linear(Red)) + (0.7152 * Linear(Green)) + (0.0722 * Linear(Blue));

    private static double Linear(byte part) => part / 255.0 is var value && value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);

    private static byte Mix(byte own, byte other, double share) => (byte)Math.Round(own + ((other - own) * share));

    private static byte Part(string text, int at) => byte.Parse(text.AsSpan(at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
