using System.Globalization;
using System.Text;

namespace Rvp.Testing;

/// <summary>One diagram: what grows with what.</summary>
/// <param name="Name">What is shown, with its unit.</param>
/// <param name="Points">At least two, from left to right.</param>
internal sealed record Series(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Draws series one below the other over the same axis, as SVG.</summary>
internal static class SvgPlot
{
    private const int Width = 720;
    private const int Height = 90;
    private const int Left = 60;
    private const int Right = 10;
    private const int Gap = 34;

    // With so few points, each one's value is written beside it.
    private const int FewPoints = 6;

    /// <param name="all">The diagrams.</param>
    /// <param name="axis">What stands under the last.</param>
    /// <param name="isLogarithmic">Whether each tenfold is as wide as the next.</param>
    public static string Of(IReadOnlyList<Series> all, string axis, bool isLogarithmic = false)
    {
        var svg = new StringBuilder();
        var bottom = ((Height + Gap) * all.Count) + Gap;
        Add(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {bottom}\" font-family=\"sans-serif\" font-size=\"12\">");
        Add(svg, $"<rect width=\"{Width}\" height=\"{bottom}\" fill=\"white\"/>");
        var top = Gap;
        foreach (var series in all)
        {
            Draw(svg, series, top, isLogarithmic);
            top += Height + Gap;
        }
        Add(svg, $"<text x=\"{Width - Right}\" y=\"{top - Gap + 16}\" text-anchor=\"end\">{axis}</text>");
        Add(svg, $"</svg>");
        return svg.ToString();
    }

    private static void Draw(StringBuilder svg, Series series, int top, bool isLogarithmic)
    {
        var points = series.Points;
        var most = Math.Max(points.Max(point => point.Y) * 1.1, isLogarithmic ? 0 : 1);
        var (first, last) = isLogarithmic ? (Math.Log10(points[0].X), Math.Log10(points[^1].X)) : (0, points[^1].X);
        double X((double X, double Y) point) => Left + ((Width - Left - Right) * ((isLogarithmic ? Math.Log10(point.X) : point.X) - first) / (last - first));
        double Y((double X, double Y) point) => top + Height - (Height * point.Y / most);
        Add(svg, $"<text x=\"{Left}\" y=\"{top - 6}\">{series.Name}</text>");
        Add(svg, $"<path d=\"M{Left} {top}V{top + Height}H{Width - Right}\" fill=\"none\" stroke=\"gray\"/>");
        Add(svg, $"<text x=\"{Left - 6}\" y=\"{top + 10}\" text-anchor=\"end\">{most:0.##}</text>");
        Add(svg, $"<text x=\"{Left - 6}\" y=\"{top + Height}\" text-anchor=\"end\">0</text>");
        var line = string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point):0.#},{Y(point):0.#}")));
        Add(svg, $"<polyline points=\"{line}\" fill=\"none\" stroke=\"#1f5fa8\" stroke-width=\"1.5\"/>");
        if (points.Count > FewPoints) return;
        foreach (var point in points)
            Add(svg, $"<text x=\"{Math.Clamp(X(point), Left + 30, Width - 40):0.#}\" y=\"{Y(point) - 4:0.#}\" text-anchor=\"middle\">{point.Y:0.###}</text>");
    }

    private static void Add(StringBuilder svg, FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
