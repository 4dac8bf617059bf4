using System.Collections.Immutable;

namespace RvpServer.Web;

/// <summary>
/// One of the two schemes of the style sheet, as far as an organisation's own colour stands on it. The colour becomes as much darker, or lighter, as text in
/// it needs to be readable; so whoever chooses one need not know how it is used.
/// </summary>
internal sealed class ColourScheme
{
    /// <summary>What text needs to be readable. [WCAG 2.2, 1.4.3]</summary>
    public const double MinContrast = 4.5;

    private const int Steps = 50;

    private readonly ImmutableArray<Rgb> grounds;
    private readonly Rgb panel;
    private readonly Rgb text;
    private readonly Rgb onAccent;
    private readonly Rgb towards;
    private readonly double tint;

    private ColourScheme(string[] grounds, string panel, string text, string onAccent, string towards, double tint)
    {
        this.grounds = [.. grounds.Append(panel).Select(Rgb.Parse)];
        (this.panel, this.text, this.onAccent, this.towards, this.tint) =
            (Rgb.Parse(panel), Rgb.Parse(text), Rgb.Parse(onAccent), Rgb.Parse(towards), tint);
    }

    /// <summary>Dark on light.</summary>
    public static ColourScheme Light { get; } = new(["#eef1f6", "#f4f6fa"], "#ffffff", "#1c2430", "#ffffff", "#000000", 0.14);

    /// <summary>Light on dark.</summary>
    public static ColourScheme Dark { get; } = new(["#10141b", "#212835", "#262e3b"], "#181d26", "#e6eaf1", "#0d1b33", "#ffffff", 0.25);

    /// <summary>The colours that the style sheet has for this scheme.</summary>
    public IEnumerable<Rgb> Known => [.. grounds, text, onAccent];

    /// <summary>The nearest readable colour, and the ground of one's own messages, which has some of it.</summary>
    public (Rgb Accent, Rgb Mine) Fit(Rgb wanted)
    {
        for (var step = 0; ; step++)
        {
            var accent = wanted.With(towards, (double)step / Steps);
            var mine = panel.With(accent, tint);
            if (step == Steps || IsReadable(accent, mine)) return (accent, mine);
        }
    }

    private bool IsReadable(Rgb accent, Rgb mine) =>
        grounds.Append(mine).Append(onAccent).All(ground => Rgb.Contrast(accent, ground) >= MinContrast) && Rgb.Contrast(text, mine) >= MinContrast;
}
