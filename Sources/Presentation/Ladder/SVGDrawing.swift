/// An SVG picture (SVG 1.1) in the making: its shapes in order, and at the end the frame around them.
struct SVGDrawing {
    /// A point, in the picture's own units, y downward.
    struct Point {
        var x: Double
        var y: Double
    }

    enum Anchor: String {
        case start, middle, end
    }

    private var shapes = OutputBuffer(capacity: 65536)

    /// Fonts that are there on most systems, the first one with all the signs that labels use.
    private static let fonts = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"

    mutating func line(
        _ from: Point, _ to: Point, colour: String, width: Double = 1, dashes: String? = nil, hasArrowhead: Bool = false
    ) {
        shapes.append("<line")
        attribute("x1", from.x)
        attribute("y1", from.y)
        attribute("x2", to.x)
        attribute("y2", to.y)
        attribute("stroke", colour)
        attribute("stroke-width", width)
        if let dashes { attribute("stroke-dasharray", dashes) }
        shapes.append("/>\n")
        if hasArrowhead { arrowhead(from, to, colour: colour) }
    }

    /// A filled triangle whose tip is at `to`.
    private mutating func arrowhead(_ from: Point, _ to: Point, colour: String) {
        let (dx, dy) = (to.x - from.x, to.y - from.y)
        let length = (dx * dx + dy * dy).squareRoot()
        guard length > 0 else { return }
        let (ux, uy) = (dx / length, dy / length)
        let back = Point(x: to.x - 9 * ux, y: to.y - 9 * uy)
        polygon(
            [
                to, Point(x: back.x - 3.6 * uy, y: back.y + 3.6 * ux),
                Point(x: back.x + 3.6 * uy, y: back.y - 3.6 * ux),
            ], fill: colour)
    }

    mutating func polygon(_ points: [Point], fill: String, opacity: Double = 1) {
        shapes.append("<polygon points=\"")
        append(points)
        shapes.append("\"")
        attribute("fill", fill)
        if opacity < 1 { attribute("fill-opacity", opacity) }
        shapes.append("/>\n")
    }

    mutating func polyline(_ points: [Point], colour: String, width: Double, dashes: String? = nil) {
        shapes.append("<polyline points=\"")
        append(points)
        shapes.append("\"")
        attribute("fill", "none")
        attribute("stroke", colour)
        attribute("stroke-width", width)
        attribute("stroke-linejoin", "round")
        if let dashes { attribute("stroke-dasharray", dashes) }
        shapes.append("/>\n")
    }

    mutating func rectangle(_ corner: Point, width: Double, height: Double, radius: Double = 0, fill: String) {
        shapes.append("<rect")
        attribute("x", corner.x)
        attribute("y", corner.y)
        attribute("width", max(0, width))
        attribute("height", max(0, height))
        if radius > 0 { attribute("rx", radius) }
        attribute("fill", fill)
        shapes.append("/>\n")
    }

    mutating func circle(_ centre: Point, radius: Double, fill: String) {
        shapes.append("<circle")
        attribute("cx", centre.x)
        attribute("cy", centre.y)
        attribute("r", radius)
        attribute("fill", fill)
        shapes.append("/>\n")
    }

    /// One line of text that is safe on a terminal already; a light halo keeps it legible over lines.
    ///
    /// - Parameter degrees: turns it about its anchor, clockwise.
    mutating func text(
        _ octets: some Collection<UInt8>, at point: Point, size: Double = 11, colour: String, anchor: Anchor = .start,
        isBold: Bool = false, degrees: Double = 0, hasHalo: Bool = true
    ) {
        shapes.append("<text")
        attribute("x", point.x)
        attribute("y", point.y)
        attribute("font-size", size)
        attribute("fill", colour)
        if anchor != .start { attribute("text-anchor", anchor.rawValue) }
        if isBold { attribute("font-weight", "bold") }
        if hasHalo {
            attribute("stroke", "#ffffff")
            attribute("stroke-width", 3)
            attribute("paint-order", "stroke")
        }
        if degrees != 0 {
            shapes.append(" transform=\"rotate(")
            shapes.append(tenths: degrees)
            shapes.append(" ")
            shapes.append(tenths: point.x)
            shapes.append(" ")
            shapes.append(tenths: point.y)
            shapes.append(")\"")
        }
        shapes.append(">")
        shapes.append(xml: octets)
        shapes.append("</text>\n")
    }

    /// A heading of one line, bold; smaller than `size` where it would pass `width`.
    mutating func title(_ octets: [UInt8], at point: Point, size: Double, width: Double, colour: String) {
        // A bold character is some six tenths as wide as it is high.
        let characters = Double(octets.count { $0 & 0xC0 != 0x80 })
        let fitting = min(size, max(8, width / max(1, characters * 0.6)))
        text(octets, at: point, size: fitting, colour: colour, isBold: true, hasHalo: false)
    }

    /// Appends the whole picture.
    ///
    /// - Parameter title: what it is, for whoever cannot see it; safe already.
    func append(title: [UInt8], width: Double, height: Double, to buffer: inout OutputBuffer) {
        buffer.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        buffer.append("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"")
        buffer.append(tenths: width)
        buffer.append("\" height=\"")
        buffer.append(tenths: height)
        buffer.append("\" viewBox=\"0 0 ")
        buffer.append(tenths: width)
        buffer.append(" ")
        buffer.append(tenths: height)
        buffer.append("\" font-family=\"")
        buffer.append(Self.fonts)
        buffer.append("\">\n<title>")
        buffer.append(xml: title)
        buffer.append("</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n")
        buffer.append(octets: shapes.bytes[...])
        buffer.append("</svg>\n")
    }

    private mutating func attribute(_ name: String, _ number: Double) {
        shapes.append(" ")
        shapes.append(name)
        shapes.append("=\"")
        shapes.append(tenths: number)
        shapes.append("\"")
    }

    /// A value of our own, which needs no escape.
    private mutating func attribute(_ name: String, _ text: String) {
        shapes.append(" ")
        shapes.append(name)
        shapes.append("=\"")
        shapes.append(text)
        shapes.append("\"")
    }

    private mutating func append(_ points: [Point]) {
        for (index, point) in points.enumerated() {
            if index > 0 { shapes.append(" ") }
            shapes.append(tenths: point.x)
            shapes.append(",")
            shapes.append(tenths: point.y)
        }
    }
}

extension OutputBuffer {
    /// Appends a number rounded to one decimal; what no picture can hold is clamped.
    mutating func append(tenths number: Double) {
        let scaled = (min(max(number, -1e9), 1e9) * 10).rounded()
        let tenths = Int(scaled.isNaN ? 0 : scaled)
        if tenths < 0 { append("-") }
        append(tenths.magnitude / 10)
        if tenths % 10 != 0 {
            append(".")
            append(tenths.magnitude % 10)
        }
    }
}
