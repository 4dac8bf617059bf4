using FsCheck.Xunit;
using Rvp.Testing;
using RvpServer.Web;

namespace RvpServer.Tests.Web;

/// <summary>Whatever colour an organisation has: people can read what is written in it and on it.</summary>
public class ColourSchemeTests
{
    [Property(MaxTest = 500)]
    public void Any_colour_is_readable_in_both_schemes(byte red, byte green, byte blue)
    {
        var wanted = new Rgb(red, green, blue);

        AssertIsReadable(ColourScheme.Light.Fit(wanted), ["#ffffff", "#eef1f6", "#f4f6fa", "#ffffff"], "#1c2430");
        AssertIsReadable(ColourScheme.Dark.Fit(wanted), ["#10141b", "#181d26", "#212835", "#262e3b", "#0d1b33"], "#e6eaf1");
    }

    [Theory]
    [InlineData("#7a1fa2")]
    [InlineData("#000000")]
    [InlineData("#2456a6")]
    public void A_colour_that_is_readable_stays_as_it_is(string colour) => Assert.Equal(colour, ColourScheme.Light.Fit(Rgb.Parse(colour)).Accent.ToString());

    [Fact]
    public void A_light_colour_becomes_darker_on_light_and_stays_on_dark()
    {
        var yellow = Rgb.Parse("#ffd400");

        Assert.NotEqual(yellow, ColourScheme.Light.Fit(yellow).Accent);
        Assert.Equal(yellow, ColourScheme.Dark.Fit(yellow).Accent);
    }

    [Fact]
    public void The_schemes_are_those_of_the_style_sheet()
    {
        var sheet = File.ReadAllText(Repository.PathOf("src/RvpServer/Web/Client/style.css"));

        Assert.All(ColourScheme.Light.Known, colour => Assert.Contains($"light-dark({colour}, ", sheet, StringComparison.Ordinal));
        Assert.All(ColourScheme.Dark.Known, colour => Assert.Contains($", {colour});", sheet, StringComparison.Ordinal));
    }

    private static void AssertIsReadable((Rgb Accent, Rgb Mine) fit, string[] grounds, string text)
    {
        Assert.All(grounds, ground => Assert.True(Rgb.Contrast(fit.Accent, Rgb.Parse(ground)) >= 4.5, $"{fit.Accent} on {ground}"));
        Assert.True(Rgb.Contrast(fit.Accent, fit.Mine) >= 4.5, $"{fit.Accent} on {fit.Mine}");
        Assert.True(Rgb.Contrast(Rgb.Parse(text), fit.Mine) >= 4.5, $"{text} on {fit.Mine}");
    }
}
