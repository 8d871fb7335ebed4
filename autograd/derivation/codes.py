"""The causes a line can have, under codes that do not change: ``turunan explain D104``."""

from __future__ import annotations

CODES = {
    "D101": ("a wrong sign", "A + where − belongs, a minus too many or too few, or a difference the wrong way round: d/da (y − a)² is −2(y − a), since the inner derivative is −1."),
    "D102": ("a wrong constant factor", "The line is right but for a constant: the 2 of a square, a ½ of the loss that cancels it, an exponent."),
    "D103": ("a factor missing, or one too many", "The chain rule multiplies one factor for every step. Count the steps from the loss down: each gives one factor, no more and no less."),
    "D104": ("a derivative taken at the wrong variable", "σ'(z) is taken at the sum z that goes into σ, not at the activation a = σ(z) that comes out. In terms of a it is a(1 − a)."),
    "D105": ("a missing prime", "The function stands where its derivative belongs, or the other way round."),
    "D106": ("a wrong index or variable", "Another quantity belongs here: often a weight with its two indices exchanged, or that of the neighbouring neuron."),
    "D107": ("a way is missing", "A quantity that is used in several places reaches the loss in several ways. The derivative is the sum over all of them."),
    "D108": ("a product for a sum", "Along one way the factors are multiplied; several ways are added."),
    "D109": ("a forward value for a gradient", "A quantity's value stands where its derivative belongs, or the other way round: a is not ∂L/∂a."),
    "D110": ("another activation's derivative", "The derivative of another function than the one in the forward pass: 1 − a² belongs to tanh, a(1 − a) to the sigmoid."),
    "D111": ("weights that were already updated", "The backward pass is done with the weights of the forward pass; all of them are updated afterwards, together."),
    "D112": ("a mean for a sum", "The line is right but for the number of samples or outputs: the loss divides by it and the derivative does not, or the other way round."),
    "D113": ("a number that does not follow", "The number is not what the line's own formula gives at the numbers given, to the digits written."),
    "D114": ("a wrong left side", "The right side is the derivative with respect to another quantity, or the derivative is upside down."),
    "D199": ("the cause is not known", "The line is wrong at every point that was tried, and no single slip explains it."),
    "D201": ("follow-on", "The method is right; the value carries the mistake of an earlier line."),
    "D202": ("cancels", "The value comes out right, but not by a right step: two mistakes cancel."),
    "D203": ("right for another loss", "Every line is right for a loss that differs by one constant factor."),
    "D301": ("unreadable", "The line could not be read. Nothing is guessed: the place is marked."),
    "D302": ("an unknown name", "A name that the forward program does not have. Names come from the definitions; another spelling can be given as an alias."),
    "D303": ("undecided", "No valid points were found, or a number is to be checked and not every leaf has one."),
}  # fmt: skip
