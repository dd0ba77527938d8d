using System.Net;
using System.Text;

namespace GripProxy.GameDay.Reports;

/// <summary>Draws lines over time, with a band for each step. Colours come from the page's style sheet by class. Owned by the report that draws it.</summary>
/// <param name="title">What it shows, with the unit.</param>
/// <param name="seconds">Length of the time axis.</param>
/// <param name="steps">Where each step begins and ends, and what is written above.</param>
internal sealed class SvgChart(string title, double seconds, IReadOnlyList<(double From, double To, string Label, bool Held)> steps)
{
    private const double Width = 960;
    private const double Height = 290;
    private const double Left = 64;
    private const double Right = 16;
    private const double Top = 58;
    private const double Bottom = 34;

    private const double LeastLabelGap = 16;

    // Seconds between two labels of the time axis.
    private static readonly double[] Strides = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400];

    private readonly List<(string Class, string Label, IReadOnlyList<(double At, double Value)> Points)> _lines = [];
    private readonly List<(double At, string Class, string Text)> _marks = [];
    private readonly List<(double Value, string Label)> _limits = [];

    /// <summary>Adds a line; values that are no numbers leave a gap.</summary>
    public void Add(string cssClass, string label, IReadOnlyList<(double At, double Value)> points) => _lines.Add((cssClass, label, points));

    /// <summary>Marks a moment; marks are numbered in the order in which they come.</summary>
    /// <param name="at">Seconds.</param>
    /// <param name="cssClass">Class of its colour.</param>
    /// <param name="text">What happened.</param>
    public void Mark(double at, string cssClass, string text) => _marks.Add((at, cssClass, text));

    /// <summary>Draws a limit, if the lines come near it.</summary>
    public void Limit(double value, string label) => _limits.Add((value, label));

    /// <summary>The picture.</summary>
    public string Draw()
    {
        // Some room above the highest, so that it is seen to be it.
        var most = Nice(1.05 * _lines.SelectMany(static line => line.Points).Select(static point => point.Value).Where(double.IsFinite).DefaultIfEmpty(1).Max());
        var svg = new StringBuilder($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">\n<text class=\"title\" x=\"{Left}\" y=\"14\">{WebUtility.HtmlEncode(title)}</text>\n");
        var free = double.MinValue;
        foreach (var (from, to, label, held) in steps)
        {
            var middle = (X(from) + X(to)) / 2;
            svg.Append($"<rect class=\"band{(held ? "" : " failed")}\" x=\"{X(from):0.#}\" y=\"{Top}\" width=\"{Math.Max(1, X(to) - X(from)):0.#}\" height=\"{Height - Top - Bottom}\"/>");
            // Of many short steps not all have room for their name.
            if (middle < free)
                continue;
            svg.Append($"<text class=\"step\" x=\"{middle:0.#}\" y=\"{Top - 5}\">{WebUtility.HtmlEncode(label)}</text>\n");
            free = middle + 10 + (label.Length * 8);
        }

        for (var i = 0; i <= 4; i++)
        {
            var value = most * i / 4;
            svg.Append($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(value, most):0.#}\" y2=\"{Y(value, most):0.#}\"/>");
            svg.Append($"<text class=\"axis\" x=\"{Left - 6}\" y=\"{Y(value, most) + 4:0.#}\">{ReportReader.Shown(value)}</text>\n");
        }

        var stride = Strides.FirstOrDefault(one => one >= seconds / 9, Strides[^1]);
        for (var at = 0.0; at <= seconds - (stride / 4); at += stride)
            svg.Append($"<text class=\"time\" x=\"{X(at):0.#}\" y=\"{Height - 8}\">{Clock(at, stride)}</text>");
        foreach (var (value, label) in _limits.Where(limit => limit.Value <= most))
        {
            svg.Append($"\n<line class=\"limit\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(value, most):0.#}\" y2=\"{Y(value, most):0.#}\"/>");
            svg.Append($"<text class=\"limit\" x=\"{Left + 6}\" y=\"{Y(value, most) - 5:0.#}\">{WebUtility.HtmlEncode(label)}</text>");
        }

        var legend = Left;
        foreach (var (cssClass, label, points) in _lines)
        {
            svg.Append($"\n<path class=\"line {cssClass}\" d=\"{Path(points, most)}\"><title>{WebUtility.HtmlEncode(label)}</title></path>");
            svg.Append($"<line class=\"line {cssClass}\" x1=\"{legend}\" x2=\"{legend + 18}\" y1=\"32\" y2=\"32\"/><text class=\"legend\" x=\"{legend + 23}\" y=\"36\">{WebUtility.HtmlEncode(label)}</text>");
            legend += 46 + (label.Length * 7.2);
        }

        AddMarks(svg);
        return svg.Append("\n</svg>").ToString();
    }

    // A line for each; its number at the top, where the one before leaves room for it.
    private void AddMarks(StringBuilder svg)
    {
        var free = double.MinValue;
        for (var i = 0; i < _marks.Count; i++)
        {
            var (at, cssClass, text) = _marks[i];
            var x = X(Math.Clamp(at, 0, seconds));
            svg.Append($"\n<g class=\"mark {cssClass}\"><title>{WebUtility.HtmlEncode(text)}</title><line x1=\"{x:0.#}\" x2=\"{x:0.#}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/>");
            if (x >= free)
            {
                svg.Append($"<circle cx=\"{x:0.#}\" cy=\"{Top + 10}\" r=\"8\"/><text x=\"{x:0.#}\" y=\"{Top + 14}\">{i + 1}</text>");
                free = x + LeastLabelGap;
            }

            svg.Append("</g>");
        }
    }

    private static string Clock(double at, double stride) => stride < 60 && at < 180 ? $"{at:0} s" : stride < 60 ? $"{Math.Floor(at / 60):0}:{at % 60:00}" : $"{at / 60:0} min";

    private double X(double at) => Left + (at / Math.Max(seconds, 1) * (Width - Left - Right));

    private static double Y(double value, double most) => Height - Bottom - (value / most * (Height - Top - Bottom));

    private string Path(IReadOnlyList<(double At, double Value)> points, double most)
    {
        var path = new StringBuilder();
        var isDown = false;
        foreach (var (at, value) in points)
        {
            if (double.IsFinite(value))
                path.Append($"{(isDown ? 'L' : 'M')}{X(at):0.#} {Y(Math.Min(value, most), most):0.#}");
            isDown = double.IsFinite(value);
        }

        return path.ToString();
    }

    // The next of 1, 2, 2.5 and 5, times a power of ten.
    private static double Nice(double value)
    {
        if (value <= 0 || !double.IsFinite(value))
            return 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        foreach (var times in new[] { 1, 2, 2.5, 5, 10 })
        {
            if (value <= times * power * 1.0000001)
                return times * power;
        }

        return value;
    }
}
