using System.Globalization;
using System.Text;

namespace RvpServer.Reliability.Soak;

/// <summary>Draws each series of the samples over time, one below the other, as SVG.</summary>
internal static class Plot
{
    private const int Width = 720;
    private const int Height = 90;
    private const int Left = 60;
    private const int Right = 10;
    private const int Gap = 34;

    public static string Of(IReadOnlyList<Sample> samples)
    {
        var svg = new StringBuilder();
        var all = (Height + Gap) * Sample.Series.Count + Gap;
        Add(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {all}\" font-family=\"sans-serif\" font-size=\"12\">");
        Add(svg, $"<rect width=\"{Width}\" height=\"{all}\" fill=\"white\"/>");
        var hours = samples[^1].Hours;
        var top = Gap;
        foreach (var (name, of) in Sample.Series)
        {
            var most = Math.Max(samples.Max(of) * 1.1, 1);
            double X(Sample sample) => Left + ((Width - Left - Right) * sample.Hours / hours);
            double Y(double value) => top + Height - (Height * value / most);
            Add(svg, $"<text x=\"{Left}\" y=\"{top - 6}\">{name}</text>");
            Add(svg, $"<path d=\"M{Left} {top}V{top + Height}H{Width - Right}\" fill=\"none\" stroke=\"gray\"/>");
            Add(svg, $"<text x=\"{Left - 6}\" y=\"{top + 10}\" text-anchor=\"end\">{most:0.#}</text>");
            Add(svg, $"<text x=\"{Left - 6}\" y=\"{top + Height}\" text-anchor=\"end\">0</text>");
            var points = string.Join(' ', samples.Select(sample => string.Create(CultureInfo.InvariantCulture, $"{X(sample):0.#},{Y(of(sample)):0.#}")));
            Add(svg, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"#1f5fa8\" stroke-width=\"1.5\"/>");
            top += Height + Gap;
        }
        Add(svg, $"<text x=\"{Width - Right}\" y=\"{top - Gap + 16}\" text-anchor=\"end\">{hours:0} hours of the server's clock</text>");
        Add(svg, $"</svg>");
        return svg.ToString();
    }

    private static void Add(StringBuilder svg, FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
